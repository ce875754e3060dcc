"""Scheduling: sittings, who watches them, and who may take part."""
