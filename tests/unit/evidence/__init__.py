"""Tests of the pure parts of evidence."""
