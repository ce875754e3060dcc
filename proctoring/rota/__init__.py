"""Who of a sitting's proctors looks first at which candidate: shared out, taken, handed over."""
