"""The notice a candidate reads before anything is captured, written from the exam's live policy."""

import hashlib
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import Institution
from exams.models import Attempt
from proctoring import keeping, policies
from proctoring.browser.events import BrowserKind
from proctoring.browser.terms import Do
from proctoring.browser.words import WORDS
from proctoring.identity import (
    notice_kept,
    notice_line,
    notice_live,
    notice_question,
    notice_release,
    notice_screen,
    notice_showing,
)
from proctoring.models import Notice, Policy
from proctoring.models.policy import DetectorMode, DiarizerChoice, StepMode
from proctoring.observations import SOUND_KINDS, ObservationKind

_Days = Mapping[str, int | None]

_LOOKED_FOR = {
    ObservationKind.NO_FACE: "whether somebody is in view",
    ObservationKind.SEVERAL_FACES: "whether more than one face is in view",
    ObservationKind.DIFFERENT_PERSON: "whether the face is the one of your reference photo",
    ObservationKind.CAMERA_COVERED: "whether the camera is covered",
    ObservationKind.CAMERA_DARK: "whether it is too dark to see you",
    ObservationKind.LOOKING_AWAY: "whether you look away from the screen for long",
    ObservationKind.EYES_CLOSED: "whether your eyes are closed for long",
    ObservationKind.FACE_HIDDEN: "whether part of your face is hidden",
    ObservationKind.MOUTH_MOVING: "whether your mouth moves as in speech",
    ObservationKind.PHONE: "whether a phone is to be seen",
    ObservationKind.BOOK: "whether a book is to be seen",
    ObservationKind.SECOND_SCREEN: "whether a second screen is to be seen",
    ObservationKind.SECOND_PERSON: "whether another person is to be seen",
    ObservationKind.TEXT_SHOWN: "whether a page with text is held towards the camera",
    ObservationKind.CAMERA_FROZEN: "whether the camera sends the same picture again and again",
    ObservationKind.CAMERA_REPLACED: "whether the pictures come from a live camera",
    ObservationKind.ANOTHER_VOICE: "whether more than one voice is to be heard",
    ObservationKind.DIFFERENT_VOICE: "whether the voice is the one that you recorded at check-in",
    ObservationKind.MICROPHONE_SILENT: "whether the microphone gives any signal",
    ObservationKind.SPEECH: "whether anybody speaks",
}


def for_attempt(attempt: Attempt) -> Notice:
    """The notice of the attempt's exam in its present wording; a changed wording is a new version."""
    return current(attempt.institution, policies.policy_of(attempt))


def current(institution: Institution, policy: Policy) -> Notice:
    """The row of the wording that follows from the policy now."""
    return kept(institution, wording(institution, policy))


def kept(institution: Institution, body: str) -> Notice:
    """The row of a wording, made when it is new."""
    digest = hashlib.sha256(body.encode()).hexdigest()
    for _ in range(5):
        found = Notice.objects.filter(institution=institution, sha256=digest).first()
        if found is not None:
            return found
        newest = Notice.objects.filter(institution=institution).aggregate(newest=Max("version"))["newest"]
        try:
            with transaction.atomic():
                return Notice.objects.create(
                    institution=institution, version=(newest or 0) + 1, body=body, sha256=digest
                )
        except IntegrityError:  # somebody else opened the page at the same moment
            continue
    return Notice.objects.get(institution=institution, sha256=digest)


def wording(institution: Institution, policy: Policy) -> str:
    """The text, in paragraphs separated by an empty line; the first line of each says what it is about."""
    days = keeping.days_in(institution)
    parts = [_captured(policy), *_looked_at(policy)]
    if policy.listens:
        parts.append(_heard(policy))
    parts += notice_screen.shared(policy)
    parts += _page_noted(policy, days)
    if policy.shows_live:
        parts.append(notice_live.watched(policy))
    if settings.LIVE_PROVIDER != "off":
        parts.append(_called(policy, days))
    if policy.chat:
        parts.append(_written(days))
    parts += notice_showing.may_be_asked(institution, policy)
    parts += [notice_question.noted(days), notice_line.told(), _why(institution)]
    parts += notice_release.asked_for(institution, policy, days)
    if policy.camera_required:
        parts += [notice_kept.told(policy, days), _seen(institution), _rights(institution), _without(policy)]
    return "\n\n".join(parts)


def paragraphs_of(body: str) -> list[tuple[str, str]]:
    """Heading and text of each paragraph of a wording."""
    parts = [paragraph.partition("\n") for paragraph in body.split("\n\n")]
    return [(heading, text) for heading, _, text in parts]


def looked_for(policy: Policy) -> list[ObservationKind]:
    """The detectors that the notice of this policy names; none without a camera."""
    if not policy.camera_required:
        return []
    return [kind for kind in _LOOKED_FOR if _is_named(kind, policy)]


def in_words(kinds: Iterable[ObservationKind]) -> list[str]:
    """What each of them means for a candidate, in the words and the order of the notice."""
    wanted = frozenset(kinds)
    return [words for kind, words in _LOOKED_FOR.items() if kind in wanted]


def noted(policy: Policy) -> list[BrowserKind]:
    """What the page of the exam notes or prevents under this policy; with or without a camera."""
    return list(policies.page_terms(policy))


def _is_named(kind: ObservationKind, policy: Policy) -> bool:
    if getattr(policy, kind.value) == DetectorMode.OFF:
        return False
    if kind is ObservationKind.DIFFERENT_PERSON:
        return policy.reference_photo_required
    if kind is ObservationKind.DIFFERENT_VOICE:
        return policy.enrols_voices
    return policy.listens or kind not in SOUND_KINDS


def _captured(policy: Policy) -> str:
    if not policy.camera_required:
        return "What is captured\nNo picture and no sound. This exam is taken without camera."
    photo = (
        "At check-in you take a reference photo, and a numeric description of your face is made from it; "
        "where your institution already has a photo of you, the two are compared. "
        if policy.reference_photo_required
        else ""
    )
    seat = (
        "While you check in, or else in the first half minute of the exam, it is measured how you usually "
        "hold your head; only numbers are kept, and they are deleted when you withdraw your agreement. "
        if policy.looking_away != DetectorMode.OFF
        else ""
    )
    document = _document(policy) + _turning(policy)
    return (
        "What is captured\nWhile you take the exam, your camera sends a still picture about once a second. "
        "While you check in, pictures are looked at as well, to tell you what the camera needs; those are "
        f"not kept. {notice_live.not_recorded(policy)} is recorded. {photo}{document}{seat}"
        "A program never decides about you: what it points out is looked at by people."
    )


def _looked_at(policy: Policy) -> list[str]:
    """One line for each thing: nobody reads twelve of them in one sentence."""
    texts = [_LOOKED_FOR[kind] for kind in looked_for(policy) if kind not in SOUND_KINDS]
    lines = "\n".join(f"– {text}" for text in texts)
    return [f"What a program looks for\nA program looks at each picture:\n{lines}"] if texts else []


def _heard(policy: Policy) -> str:
    texts = [_LOOKED_FOR[kind] for kind in looked_for(policy) if kind in SOUND_KINDS]
    checks = f"A program listens to each piece: {'; '.join(texts)}. " if texts else ""
    words = (
        "The recordings are sent to the company Deepgram, which tells the voices apart and writes down the "
        "words that are spoken. "
        if policy.diarizer == DiarizerChoice.DEEPGRAM
        else "No words are written down, and no recording leaves this server to be listened to. "
    )
    voice = (
        "At check-in you can record your voice, and a numeric description is made from it, so that the voice "
        "in the recordings can be compared; you need not. "
        if policy.enrols_voices
        else ""
    )
    return (
        "What is listened to\nWhile you take the exam, your microphone is recorded in pieces of "
        f"{policy.clip_seconds} seconds. {checks}{words}{voice}Only the part of a piece in which something "
        "is pointed out is kept; the rest is deleted as soon as it was listened to."
    )


def _called(policy: Policy, days: _Days) -> str:
    recorded = (
        "When your camera is used, the sound of such a call is recorded, yours and the proctor's, and kept "
        f"as evidence {keeping.told(days['calls'])}; then it is deleted. "
        "No program listens to it. You read again that it is recorded before you accept. "
        if policy.records_calls
        else "Nothing of a call is recorded. "
    )
    return (
        "When a proctor calls you\nA proctor may ask to speak with you. Your microphone, and your camera in "
        f"a call with picture, are sent only after you accept; no other candidate hears it. {recorded}You "
        "may decline, and declining counts neither for nor against you. It is written down who called, when, "
        "and for how long. The two browsers may learn each other's internet address."
    )


def _written(days: _Days) -> str:
    return (
        "What you write to a proctor\nFrom check-in until the end you can write to the proctors of your "
        "sitting and raise a hand; you need not. What both sides write, and when a hand was up, is kept "
        f"{keeping.told(days['messages'])}; proctors of your sitting, reviewers and exam officers read it."
    )


def _page_noted(policy: Policy, days: _Days) -> list[str]:
    """With or without camera, so that it also says how long and for whom."""
    terms = policies.page_terms(policy)
    lines = [WORDS[kind].noted for kind, each in terms.items() if each.do is not Do.IGNORE]
    blocked = [WORDS[kind].label for kind, each in terms.items() if each.blocks]
    parts = []
    if lines:
        listed = "\n".join(f"– {line}" for line in lines)
        parts.append(
            "What the page of the exam notes\nWith or without camera, the page notes, with the time:\n"
            f"{listed}\n"
            "It never notes what you type, copy or see elsewhere, and short glances away are left out. You "
            "see on the page what was noted and how often. Proctors, reviewers and exam officers look at it; "
            f"nothing is decided by a count. It is kept {keeping.told(days['browser_events'])}; then it is "
            "deleted. If a tool that you need for reading or writing does such things, tell your exam office "
            "before the exam: it can be left out for you."
        )
    if blocked:
        parts.append(
            f"What the page prevents\nSwitched off on the page: {'; '.join(blocked)}. You can always copy "
            "and paste within your own answers."
        )
    return parts


def _document(policy: Policy) -> str:
    if policy.document == StepMode.OFF:
        return ""
    asked = "you show" if policy.document == StepMode.REQUIRED else "you can show"
    compared = (
        "If you agree that your face is compared, a program compares the face on it with your reference "
        "photo; when it finds them unlike or cannot say, a person looks at both. "
        if policy.reference_photo_required
        else "A person looks at it. "
    )
    return f"At check-in {asked} a photo of an identity document, from your camera or as a file. {compared}"


def _turning(policy: Policy) -> str:
    if policy.liveness == StepMode.OFF:
        return ""
    views = (
        "If you agree that your face is compared, a further description of your face is made from each side "
        "that you turn to, so that you are known when your head is turned. "
        if policy.reference_photo_required
        else ""
    )
    instead = "When you leave it out, or it was not seen as asked, a person looks instead. "
    return (
        "You are also asked to turn your head, and may leave that out: a program looks whether it turns as "
        "asked, which a photo held before the camera does not. "
        f"{instead if policy.liveness == StepMode.REQUIRED else ''}"
        f"These pictures are not kept, only by how much you turned. {views}"
    )


def _why(institution: Institution) -> str:
    return f"Why\n{institution.name} makes sure that everybody takes the exam under the same rules."


def _seen(institution: Institution) -> str:
    return (
        "Who sees it\nThe proctors of your sitting while it runs, and the reviewers and exam officers of "
        f"{institution.name} afterwards. Each look at stored evidence is logged. Nobody else sees it."
    )


def _rights(institution: Institution) -> str:
    return (
        "Your rights\nYou can ask what is stored about you, have mistakes corrected, and withdraw your "
        "agreement at any time; capture then stops at once and a person talks to you. Write to "
        f"{institution.dpo_contact or institution.owner_email}."
    )


def _without(policy: Policy) -> str:
    photo = " or without comparing your face" if policy.reference_photo_required else ""
    photo += " or without turning your head" if policy.liveness != StepMode.OFF else ""
    photo += " or without showing a document" if policy.document != StepMode.OFF else ""
    sound = " or without microphone" if policy.listens else ""
    sound += " or without sharing your screen" if policy.shares_screen else ""
    return (
        f"If you do not agree\nYou can take the exam without camera{sound}{photo}: a person checks who you "
        "are and lets you in. It is the same exam with the same time, and your choice counts neither for nor "
        "against you."
    )
