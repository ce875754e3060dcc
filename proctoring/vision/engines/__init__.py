"""Interchangeable face engines behind one base class."""
