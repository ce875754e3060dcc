"""Signed calls to other systems about what has happened (decision 0180)."""
