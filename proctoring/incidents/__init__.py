"""Observations merged over time into incidents."""
