"""What candidates are told of sound, what they choose, and the voice that they may record at check-in."""

from typing import Any

import pytest
from django.core.management import call_command

from exams.models import Attempt
from proctor_site.kernel.errors import Conflict, InvalidInput
from proctoring import policies
from proctoring.analysis import context, templates
from proctoring.identity import consent, notice, steps, voice
from proctoring.ingest import clips
from proctoring.models import Consent, Incident, Policy, ReferenceVoice
from tests.capture import scripted  # noqa: F401
from tests.factories.exams import enrol, make_attempt
from tests.recordings import ANNA, BEN, ClipFeed, agree_to_sound, listening, recording  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted", "listening", "scoped")]

NINE_SECONDS = ((0.5, 9.5, ANNA),)


@pytest.fixture
def checking_in(sitting: Any, candidate: Any) -> Attempt:
    return make_attempt(enrol(sitting, candidate), state="checking_in")


def listens(institution: Any, **fields: Any) -> Policy:
    fields = {"is_default": True, "sound": True, "voice_enrolment": "optional", **fields}
    return Policy.objects.create(institution=institution, name="Listening", **fields)


def agree(attempt: Attempt, **choice: Any) -> Consent:
    choice = {"camera": True, "face_comparison": True, **choice}
    read = notice.for_attempt(attempt).version
    return consent.give(attempt, candidate=attempt.enrolment.candidate, notice=read, **choice)


def test_the_notice_says_what_is_heard_kept_and_sent_away(institution: Any, settings: Any) -> None:
    silent = notice.wording(institution, Policy(institution=institution))
    assert "No sound and no video is recorded" in silent and "voice" not in silent
    assert "What the program heard" not in silent
    heard = Policy(institution=institution, sound=True, clip_seconds=20, voice_enrolment="optional")
    words = notice.wording(institution, heard)
    for part in (
        "recorded in pieces of 20 seconds",
        "whether more than one voice is to be heard; whether the voice is the one that you recorded",
        "No words are written down",
        "Only the part of a piece in which something is pointed out is kept",
        "nobody else hears them",
        "is kept without the sound, without words and without anything by which a voice is known",
        "or without microphone",
        "The description of your voice is stored encrypted",
    ):
        assert part in words
    assert "whether anybody speaks" not in words, "off unless it is switched on"
    heard.diarizer = "deepgram"
    assert "are sent to the company Deepgram" in notice.wording(institution, heard)
    without_camera = Policy(institution=institution, sound=True, camera_required=False)
    assert "What is listened to" not in notice.wording(institution, without_camera)


def test_recordings_leave_the_house_only_where_the_operator_and_the_notice_say_so(
    checking_in: Attempt, institution: Any, settings: Any
) -> None:
    policy = listens(institution)
    with pytest.raises(InvalidInput) as refused:
        policies.check_sound(Policy(diarizer="deepgram"))
    assert refused.value.code == "deepgram_not_configured"
    settings.DEEPGRAM_KEY = "a-key"
    policies.check_sound(Policy(diarizer="deepgram"))
    given = agree(checking_in, microphone=True)
    Policy.objects.filter(pk=policy.pk).update(diarizer="deepgram")
    assert context.of(given.session).sound.diarizer == "local", "this candidate was told otherwise"
    again = agree(checking_in, microphone=True)
    context.forget(given.session.pk)
    assert again.recordings_leave and context.of(again.session).sound.diarizer == "deepgram"


def test_the_choice_is_asked_for_and_counts(checking_in: Attempt, institution: Any) -> None:
    assert agree(checking_in, microphone=True).microphone is False, "what is not asked for is not agreed to"
    policy = listens(institution, reference_photo_required=False)
    with pytest.raises(InvalidInput) as refused:
        agree(checking_in)
    assert refused.value.field == "microphone"
    with pytest.raises(InvalidInput) as refused:
        agree(checking_in, microphone=False, voice_comparison=True)
    assert refused.value.field == "voice_comparison"
    declined = agree(checking_in, microphone=False)
    assert steps.reasons_for(policy, declined) == [steps.Reason.NO_MICROPHONE]
    assert not clips.wanted(declined.session).wanted and not declined.heard_kept
    given = agree(checking_in, microphone=True)
    context.forget(given.session.pk)
    assert steps.reasons_for(policy, given) == [] and clips.wanted(given.session).wanted
    assert "another_voice" in (given.looked_for or []) and given.heard_kept


def test_a_voice_is_enrolled_encrypted_and_goes_with_the_consent(
    checking_in: Attempt, institution: Any, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    policy = listens(institution)
    without = agree(checking_in, microphone=True)
    session = without.session
    assert not steps.is_voice_wanted(policy, without), "it is offered only to who agreed to it"
    with pytest.raises(Conflict) as refused:
        voice.enrol(session, recording(*NINE_SECONDS, seconds=14))
    assert refused.value.code == "consent_missing"
    agreed = agree(checking_in, microphone=True, voice_comparison=True)
    short = voice.enrol(session, recording((1.0, 3.0, ANNA), seconds=5))
    assert not short.ok and [code for code, _ in short.problems] == ["voice_too_short"]
    assert short.problems[0][1].startswith("We heard 2 of the 8 seconds")
    assert steps.is_voice_wanted(policy, agreed)
    assert not ReferenceVoice.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert voice.enrol(session, recording(*NINE_SECONDS, seconds=14)) == voice.Judgement(True, (), 9.0)
    row = ReferenceVoice.objects.get()
    assert not steps.is_voice_wanted(policy, agreed), "nor again after a reload"
    known = context.of(session).sound
    assert known.voice is not None and "voice=" not in repr(known)
    assert templates.unseal(row.template).tolist() == list(known.voice)
    settings.TEMPLATE_KEY, settings.TEMPLATE_KEY_BEFORE = "another key" * 5, settings.SECRET_KEY
    call_command("rotate_template_key", verbosity=0)
    assert templates.is_under_newest_key(ReferenceVoice.objects.get().template)
    consent.withdraw(checking_in, candidate=checking_in.enrolment.candidate)
    assert not ReferenceVoice.objects.exists()


def test_a_stranger_s_voice_needs_two_recordings_that_agree(attempt: Attempt, session: Any) -> None:
    agreed = agree_to_sound(session, voice_comparison=True)
    Consent.objects.filter(pk=agreed.pk).update(microphone=True)
    voice.enrol(session, recording(*NINE_SECONDS, seconds=14))
    context.forget(session.pk)
    feed = ClipFeed(session)
    feed.send((1.0, 20.0, BEN))
    feed.send((1.0, 20.0, ANNA))
    assert not Incident.objects.filter(kind="different_voice").exists(), "one alone proves nothing"
    feed.send((1.0, 20.0, BEN))
    feed.send((1.0, 20.0, BEN))
    incident = Incident.objects.get(kind="different_voice")
    assert incident.explanation.startswith("The voice in 2 recordings is unlike the one recorded at check-in")
    assert incident.severity == "info", "advisory unless a policy says more"
