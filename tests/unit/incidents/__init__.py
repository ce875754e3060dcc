"""Tests of the time rules."""
