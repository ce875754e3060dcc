"""What detection cannot find, why, and what helps instead: shown where a policy is edited."""

from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Limit:
    """One thing that is not found. The same rows stand in docs/limits.md."""

    what: str
    why: str
    instead: str


LIMITS = (
    Limit(
        "A second device outside the picture",
        "The camera sees what is before it: not the desk below its edge, nor what lies behind the screen.",
        "Questions whose answer cannot be looked up, papers drawn from pools, a room with people in it.",
    ),
    Limit(
        "A screen that is not the one that is used",
        "A shared screen shows one display of one computer, about every ten seconds, and browsers other than "
        "Chrome and Edge may not tell whether it is the whole one. A changed browser can claim anything.",
        "Take it for a look, not for a proof; a look with the camera around the desk by a person.",
    ),
    Limit(
        "Other programs on the candidate's computer",
        "The exam is a page in an ordinary browser: overlays, remote control, chats and assistants "
        "are hidden from it.",
        "Computers of the institution, or Safe Exam Browser, which a sitting may require.",
    ),
    Limit(
        "Helpers out of view",
        "Somebody behind the camera is not in the picture. An exam listens only where its policy records "
        "sound, and even then whispers, single words and an earpiece are mostly unheard.",
        "Oral questions afterwards, short time for single questions, different papers for each candidate.",
    ),
    Limit(
        "Phones, books and notes that are far away, flat, small or mostly covered",
        "The object detector knows everyday things in clear view and misses many others: see the figures in "
        "the model card.",
        "Take silence for no proof; let a proctor look at the pictures.",
    ),
    Limit(
        "A careful forgery of the camera",
        "A virtual camera under an honest name, a recording that never repeats, or a face exchanged by a "
        "program looks like a camera.",
        "A person who admits candidates and asks them to do something that was not announced.",
    ),
    Limit(
        "A loop of somebody who hardly moves",
        "Pictures of a still person are alike anyway: a film that repeats is told by movements that "
        "come back, or by the very same bytes.",
        "Somebody who looks in during the exam and asks for a sign; an identity check by a person.",
    ),
    Limit(
        "Notes that hung there from the beginning, small print, single lines",
        "Only text that was not there at the first look counts, three large lines or more below each "
        "other: rooms are full of posters and labels.",
        "Let the room be shown at check-in, by a person.",
    ),
    Limit(
        "A head or body that is mostly outside the picture",
        "At the edge somebody is found by body or face; a shoulder, a hand or a strip of a face is too "
        "little.",
        "Let a proctor look when voices, shadows or glances to one side come up.",
    ),
    Limit(
        "Who is before the camera while a head turns",
        "Turning the head as asked tells a person from a still photo. A film of somebody who turns fits in "
        "one of six tries, or in two with a note that the sides were exchanged, a face exchanged by a "
        "program always, and a helper who turns is a person too.",
        "A person who looks and asks for something that was not announced.",
    ),
    Limit(
        "A stand-in who looks alike",
        "Faces of twins and close relatives can be more alike than two photos of one person; a photo held "
        "before the camera is a face too.",
        "A check of the identity document by a person.",
    ),
    Limit(
        "Voices while a proctor speaks with the candidate",
        "The proctor's voice comes from the loudspeaker and would be another voice in the recording: "
        "recordings that overlap a call are not listened to.",
        "The proctor, who listens at that moment.",
    ),
    Limit(
        "What a glance means",
        "Thinking, reading, keys and permitted notes look the same as help; where on the screen somebody "
        "looks is not measured.",
        "Look at how often and in which direction, and ask.",
    ),
    Limit(
        "What is over quickly",
        "There is about one picture a second, fewer when the machine is busy, and a rule waits for several "
        "of them.",
        "Shorter rules find more and accuse more: change them with care.",
    ),
    Limit(
        "Somebody in bad light",
        "A picture that is too dark, blurred or against the light says nothing: the candidate is told what "
        "to change, and nothing is flagged but darkness that lasts.",
        "Let candidates try camera and light before the day.",
    ),
    Limit(
        "Questions that were known before",
        "No camera sees what somebody has learnt by heart or was sent.",
        "Pools, new questions, and the statistics of the sitting.",
    ),
)


def limits_panel() -> SafeString:
    """The limits as a list, for a form's panel."""
    items = format_html_join(
        "",
        "<li><strong>{}.</strong> {} <em>What helps:</em> {}</li>",
        ((each.what, each.why, each.instead) for each in LIMITS),
    )
    return format_html(
        "<p>An exam without incidents is no proof of an honest exam. None of the detectors above finds:</p>"
        '<ul class="policy-limits">{}</ul>',
        items,
    )
