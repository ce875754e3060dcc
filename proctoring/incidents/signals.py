"""What happens to incidents, for those above who count or follow it."""

from django.dispatch import Signal

incident_reviewed = Signal()
"""`sender=Incident, incident, verb, before, actor`: a person has decided, in the transaction of the move.

`before`: the review state that was left; the incident has the new one.
"""
