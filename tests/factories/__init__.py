"""Makers of real rows for tests; each opens the scope it needs."""
