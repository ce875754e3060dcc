"""Delivery: attempts, journal, lost time, expiry."""
