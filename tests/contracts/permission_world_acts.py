"""What proctors and others have done in the world of the permission table."""

import hashlib
import uuid
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from accounts.models import (
    ApiToken,
    Institution,
    Job,
    SavedFilter,
    User,
    WebhookEndpoint,
    WebhookMessage,
)
from exams.models import AnswerFile, Attempt
from proctor_site.kernel import clock
from proctoring.models import (
    ActRun,
    CompatKey,
    DecisionRun,
    DetectorStanding,
    IncidentExport,
    MonitoringSession,
    Policy,
    Showing,
    TimeGift,
)
from proctoring.review import trials
from tests.factories.calls import make_call


def make_acts(attempt: Attempt, session: MonitoringSession, proctor: User) -> dict[str, Any]:
    """A gift of time, an act, and something that is asked for, by the names that addresses have for them."""
    own: Any = {"institution": attempt.institution, "proctor": proctor}
    gift = TimeGift.objects.create(
        attempt=attempt, minutes=5, batch=uuid.uuid4(), given_at=clock.now(), **own
    )
    run = ActRun.objects.create(
        sitting=attempt.enrolment.sitting,
        key="of the world",
        act="pause",
        created_at=clock.now(),
        **own,
    )
    showing = Showing.objects.create(
        institution=attempt.institution,
        session=session,
        what="room",
        asked_by=proctor,
        reason="A check",
        asked_at=clock.now(),
        expires_at=clock.now() + timedelta(hours=1),
    )
    call = make_call(session, proctor)
    standing = DetectorStanding.objects.create(
        institution=attempt.institution, kind="phone", rule="0123456789ab", state="advisory"
    )
    return {
        "token_id": make_api_token(attempt, proctor),
        **make_webhook(attempt, proctor),
        "key_id": make_compat_key(attempt, proctor),
        "member_id": proctor.pk,
        "allowance_id": 0,  # no person gets as far as to ask for it
        "place_id": 0,
        "standing_id": standing.pk,
        "call_id": call.pk,
        "gift_id": gift.pk,
        "run_id": run.pk,
        "showing_id": showing.pk,
    }


def make_api_token(attempt: Attempt, maker: User) -> int:
    """The number of a token of the public API, whose account is only its maker here."""
    now = clock.now()
    made = ApiToken.objects.create(
        institution=attempt.institution,
        name="Student register",
        prefix="prt_world",
        secret_hash=hashlib.sha256(str(attempt.institution_id).encode()).hexdigest(),
        scopes=["members:read"],
        account=maker,
        made_by=maker,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    return int(made.pk)


def make_webhook(attempt: Attempt, maker: User) -> dict[str, Any]:
    """A webhook of the institution and one message for it, by the names that addresses have for them."""
    now = clock.now()
    made = WebhookEndpoint.objects.create(
        institution=attempt.institution,
        name="Student register",
        url="https://register.example/hooks",
        events=["attempt.ended"],
        secret=b"sealed",
        made_by=maker,
        made_at=now,
    )
    told = WebhookMessage.objects.create(
        institution=attempt.institution,
        endpoint=made,
        public_id="msg_world",
        kind="attempt.ended",
        body="{}",
        happened_at=now,
        due_at=now,
    )
    return {"webhook_id": made.pk, "delivery_id": told.pk}


def make_trial(policy: Policy) -> dict[str, Any]:
    """A trial of its numbers that waits, by the name that addresses have for it."""
    now = clock.now()
    job = Job.objects.create(
        institution=policy.institution,
        kind=trials.JOB,
        title="Try numbers",
        arguments={"policy": policy.pk},
        created_at=now,
        due_at=now,
    )
    return {"job_id": job.pk}


def make_lists(person: User, institution: Institution) -> dict[str, Any]:
    """A shared filter and a long export of the incident list, both of this person."""
    here = {"institution": institution}
    saved = SavedFilter.objects.create(
        page="incidents",
        name="Severe",
        query="severity__exact=high",
        is_shared=True,
        owner=person,
        saved_at=clock.now(),
        **here,
    )
    export = IncidentExport.objects.create(
        asked_by=person, asked_at=clock.now(), form="csv", zone="UTC", **here
    )
    run = DecisionRun.objects.create(
        actor=person,
        run="of the world",
        verb="dismiss",
        reason="harmless",
        newest=0,
        expected=1,
        asked_at=clock.now(),
        **here,
    )
    return {"filter_id": saved.pk, "incident_export_id": export.pk, "decision_run_id": run.pk}


def make_answer_file(attempt: Attempt, item: Any) -> AnswerFile:
    """A file that was uploaded as part of an answer."""
    data = b"What I found out."
    return AnswerFile.objects.create(
        institution=attempt.institution,
        attempt=attempt,
        item=item,
        name="notes.txt",
        content_type="text/plain",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        stored_name=storages["answer_files"].save("world.txt", ContentFile(data)),
        device="tab",
        received_at=clock.now(),
    )


def make_compat_key(attempt: Attempt, maker: User) -> int:
    """The number of a compat key, whose account is only its maker here."""
    made = CompatKey.objects.create(
        institution=attempt.institution,
        label="Interviews",
        prefix="prc_world",
        secret_hash=hashlib.sha256(f"compat {attempt.institution_id}".encode()).hexdigest(),
        account=maker,
        contracts=["video"],
        sitting=attempt.enrolment.sitting,
        notice="https://exam.example/notice",
        attested_by=maker,
        created_at=clock.now(),
    )
    return made.pk
