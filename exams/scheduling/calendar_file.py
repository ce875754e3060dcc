"""The calendar file of a sitting for one candidate (iCalendar, RFC 5545; methods of RFC 5546)."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress, vText

from exams.models import Sitting
from exams.timing import Window
from proctor_site.kernel import clock


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
    """REQUEST to put the sitting into the calendar, at the candidate's own times, or CANCEL to take it out.

    The UID stays the same for the life of the sitting and SEQUENCE grows with each change, so calendars
    replace what they have. Times are in UTC: no calendar can read them in a wrong zone.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Proctor//Exams//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancels else "REQUEST")
    event = Event()
    event.add("uid", f"sitting-{sitting.pk}@{urlsplit(base_url).hostname or 'localhost'}")
    event.add("sequence", sitting.calendar_sequence)
    event.add("dtstamp", clock.now())
    event.add("dtstart", window.opens_at)
    event.add("dtend", window.closes_at)
    event.add("summary", f"{'Practice' if sitting.is_practice else 'Exam'}: {sitting.exam.title}")
    event.add("status", "CANCELLED" if cancels else "CONFIRMED")
    event.add("description", f"{sitting.title}\n{sitting.institution.name}\n{link}".strip())
    if link:
        event.add("url", link)
    event.add("organizer", _person(parseaddr(sender)[1], sitting.institution.name))
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
