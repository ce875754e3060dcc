"""Measurements: figures only, no gates."""
