"""Marking: points by rule at submit, and the result of an attempt."""
