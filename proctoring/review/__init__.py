"""The review of attempts after their end: cases, the queue, readings, verdicts. A machine decides nothing."""
