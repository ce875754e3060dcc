"""Copies of a whole installation without its keys, and the way back (decision 0184)."""
