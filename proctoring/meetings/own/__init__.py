"""Meetings of their own: interviews with a title, a slot and people by invitation, without an exam."""
