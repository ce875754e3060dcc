"""The events that other systems can hear of: the table with the words people read, and what each body has."""

from dataclasses import dataclass

TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of event. `fields`: what `data` holds besides the institution. Numbers and facts, no names."""

    code: str
    words: str
    fields: tuple[str, ...]


_INCIDENT = ("incident", "attempt", "session", "sitting", "kind", "severity")
_CASE = ("case", "attempt", "session", "sitting", "state")
_ATTEMPT = ("attempt", "enrolment", "sitting", "state")
_SESSION = ("session", "attempt", "sitting", "state")
_WARNING = ("session", "attempt", "sitting", "warning")
_MEETING = ("meeting", "state")
_STAY = ("meeting", "participant", "part")
_TABLE = (
    Event("attempt.started", "A candidate has started", _ATTEMPT),
    Event("attempt.ended", "An attempt has ended, in whatever way", (*_ATTEMPT, "ended_by")),
    Event("results.released", "Results of a sitting were released", ("sitting",)),
    Event("session.ended", "Monitoring has ended", _SESSION),
    Event("session.paused", "A proctor has paused a session of another system", _SESSION),
    Event("session.resumed", "It goes on", _SESSION),
    Event("session.warned", "A proctor has warned its candidate", _WARNING),
    Event("session.warning_withdrawn", "That warning was taken back", _WARNING),
    Event("incident.raised", "An incident was raised", (*_INCIDENT, "started_at")),
    Event("incident.reviewed", "A person has decided on an incident", (*_INCIDENT, "review_state")),
    Event("case.opened", "A case was opened", _CASE),
    Event("case.decided", "People have decided a case, or its appeal", (*_CASE, "verdict")),
    Event("case.appealed", "A candidate has appealed", (*_CASE, "verdict")),
    Event("meeting.made", "A meeting without an exam was made", _MEETING),
    Event("meeting.changed", "Its title or slot was changed", _MEETING),
    Event("meeting.began", "A host has opened it", _MEETING),
    Event("meeting.ended", "It has ended, or was called off", _MEETING),
    Event("meeting.joined", "Somebody came, candidates into the waiting room", _STAY),
    Event("meeting.left", "Somebody has gone", (*_STAY, "because")),
    Event("consent.withdrawn", "A candidate has withdrawn consent", ("attempt", "session", "sitting")),
)
EVENTS: dict[str, Event] = {event.code: event for event in _TABLE}
"""By code, in the order in which pages list them. `TEST` is sent by a button alone, to any address."""
