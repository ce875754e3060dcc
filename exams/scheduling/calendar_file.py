"""Calendar files: of a sitting for one candidate, of other appointments (iCalendar, RFC 5545 and 5546)."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress, vText

from exams.models import Sitting
from exams.timing import Window
from proctor_site.kernel import clock


@dataclass(frozen=True, slots=True)
class Appointment:
    """What stands in a calendar. `uid` stays the same for its life, and `sequence` grows with each change, so
    calendars replace what they have."""

    uid: str
    sequence: int
    begins_at: datetime
    ends_at: datetime
    summary: str
    description: str
    organizer: str


def calendar_file(
    sitting: Sitting,
    window: Window,
    *,
    address: str,
    base_url: str,
    sender: str,
    link: str,
    cancels: bool = False,
) -> bytes:
    """REQUEST puts the sitting into the calendar, at the candidate's own times; CANCEL takes it out."""
    appointment = Appointment(
        uid=f"sitting-{sitting.pk}",
        sequence=sitting.calendar_sequence,
        begins_at=window.opens_at,
        ends_at=window.closes_at,
        summary=f"{'Practice' if sitting.is_practice else 'Exam'}: {sitting.exam.title}",
        description=f"{sitting.title}\n{sitting.institution.name}",
        organizer=sitting.institution.name,
    )
    return appointment_file(
        appointment, address=address, base_url=base_url, sender=sender, link=link, cancels=cancels
    )


def appointment_file(
    appointment: Appointment, *, address: str, base_url: str, sender: str, link: str, cancels: bool = False
) -> bytes:
    """REQUEST or CANCEL for any appointment. Times are in UTC: no calendar can read them in a wrong zone."""
    calendar = Calendar()
    calendar.add("prodid", "-//Proctor//Exams//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancels else "REQUEST")
    event = Event()
    event.add("uid", f"{appointment.uid}@{urlsplit(base_url).hostname or 'localhost'}")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", clock.now())
    event.add("dtstart", appointment.begins_at)
    event.add("dtend", appointment.ends_at)
    event.add("summary", appointment.summary)
    event.add("status", "CANCELLED" if cancels else "CONFIRMED")
    event.add("description", f"{appointment.description}\n{link}".strip())
    if link:
        event.add("url", link)
    event.add("organizer", _person(parseaddr(sender)[1], appointment.organizer))
    attendee = _person(address)
    attendee.params["RSVP"] = vText("FALSE")
    event.add("attendee", attendee, encode=False)
    calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made


def _person(address: str, name: str = "") -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    if name:
        person.params["CN"] = vText(name.replace('"', "'"))
    return person
