"""Faults of real processes in the middle of an exam: `./run bench --only faults` has all, the suite a few."""
