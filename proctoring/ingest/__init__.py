"""Intake of captures: who may send, what is refused, and the way of a frame to its answer."""
