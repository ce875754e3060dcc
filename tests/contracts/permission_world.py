"""The people and objects that every row of the permission table is tried on."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from accounts.models import Job, Membership, User
from accounts.roles import Role
from accounts.services.invitations import invite_member
from accounts.tenancy import within
from exams import states
from exams.bank import imports, media
from exams.bank.categories import category_at_path
from exams.bank.classification import tags_named
from exams.models import (
    Announcement,
    CandidateGroup,
    JournalEntry,
    MarkingRound,
    PendingEnrolment,
    QuestionVersion,
    Roster,
    RoundAnswer,
    RoundMarker,
    SelfEnrolment,
    SittingMail,
)
from exams.scheduling.safe_browser import launch_link
from proctor_site.kernel import clock
from proctoring.analysis import templates
from proctoring.models import (
    CandidateWarning,
    Case,
    Consent,
    EvidenceItem,
    HeadBaseline,
    IdentityCheck,
    Notice,
    OfficerPhoto,
    PhotoUpload,
    Policy,
    PolicyAssignment,
    ReferenceFace,
    ReportFile,
)
from proctoring.observations import Head
from proctoring.vision.baseline import Baseline, LearntFrom
from tests.contracts.permission_world_acts import make_acts, make_answer_file, make_lists, make_trial
from tests.contracts.permission_world_evidence import make_package
from tests.contracts.permission_world_record import make_record
from tests.factories.accounts import make_institution, make_member, make_user
from tests.factories.exams import enrol, make_attempt, make_exam, make_sitting
from tests.factories.meetings import interview_of
from tests.factories.proctoring import make_incident, make_session
from tests.factories.talk import make_hand_over, make_message
from tests.template_leaks import VECTOR, traces_of

PEOPLE = (
    "owner",  # the candidate whose attempt, enrolment and warning it is
    "other_candidate",  # enrolled in the same sitting
    "proctor",  # assigned to the sitting
    "other_proctor",  # assigned to another sitting of the same institution
    "reviewer",
    "officer",
    "admin",
    "stranger",  # signed in, member of nothing
    "foreign_admin",  # admin of another institution
    "nobody",  # signed out
)
_JPEG = bytes.fromhex("ffd8ffd9")


class World:
    """One institution in the middle of a sitting, and another institution beside it."""

    def __init__(self, state: str = states.IN_PROGRESS) -> None:
        self.institution = make_institution("North College")
        self.foreign = make_institution("South School")
        self.people: dict[str, User | None] = {
            "owner": self._member(Role.CANDIDATE),
            "other_candidate": self._member(Role.CANDIDATE),
            "proctor": self._member(Role.PROCTOR),
            "other_proctor": self._member(Role.PROCTOR),
            "reviewer": self._member(Role.REVIEWER),
            "officer": self._member(Role.EXAM_OFFICER),
            "admin": self._member(Role.ADMIN),
            "stranger": make_user(),
            "foreign_admin": make_member(self.foreign, Role.ADMIN),
            "nobody": None,
        }
        with within(self.institution):
            self._make_exam(state)
            self._make_proctoring()
            self.reply_file, self.acts["interview_id"] = make_record(self.session, self._person("reviewer"))
            self.package = make_package(Case.objects.get(session=self.session), self._person("officer"))
            self._make_office()
            self._make_journal()
            self.answer_file = make_answer_file(self.attempt, self._first("exams.paperitem"))
            imports.check(self.institution, file_name="a.txt", data=b"? {T}", actor=self._person("officer"))
            self._make_bank()
            self._make_marking()
            self.interview = interview_of(self.institution, self._person("proctor"), self._person("owner"))

    def _member(self, role: Role) -> User:
        return make_member(self.institution, role)

    def _make_exam(self, state: str) -> None:
        exam = make_exam(self.institution)
        self.sitting = make_sitting(exam, proctors=[self._person("proctor")], safe_browser="allowed")
        make_sitting(exam, proctors=[self._person("other_proctor")])
        self.enrolment = enrol(self.sitting, self._person("owner"))
        self.attempt = make_attempt(self.enrolment, state=state)
        make_attempt(enrol(self.sitting, self._person("other_candidate")))
        self.exam = exam
        self.announcement = Announcement.objects.create(
            institution=self.institution,
            sitting=self.sitting,
            text="Scratch paper is allowed.",
            author=self._person("proctor"),
            announced_at=clock.now(),
        )

    def _make_proctoring(self) -> None:
        self.session = make_session(self.attempt)
        self.incident = make_incident(self.session)
        own = {"institution": self.institution}
        self.warning = CandidateWarning.objects.create(
            session=self.session,
            proctor=self._person("proctor"),
            text="Please look at the screen.",
            sent_at=clock.now(),
            **own,
        )
        self.report_file = ReportFile.objects.create(
            session=self.session,
            asked_by=self._person("reviewer"),
            asked_at=clock.now(),
            zone="UTC",
            **own,
        )
        self.acts = make_acts(self.attempt, self.session, self._person("proctor"))
        self.notice = Notice.objects.create(version=1, body="What is captured.", sha256="0" * 64, **own)
        self.consent = Consent.objects.create(
            session=self.session,
            candidate=self._person("owner"),
            notice=self.notice,
            given_at=clock.now(),
            **own,
        )
        make_message(self.attempt, self._person("owner"))
        make_hand_over(self.enrolment, self._person("proctor"), self._person("officer"))
        self.check = IdentityCheck.objects.create(
            session=self.session, sitting=self.sitting, reasons=["no_camera"], asked_at=clock.now(), **own
        )
        self._make_face_data()
        self.photo = OfficerPhoto.objects.create(
            candidate=self._person("owner"),
            photo_name=storages["identity"].save("world.picture", ContentFile(_JPEG)),
            photo_sha256=hashlib.sha256(_JPEG).hexdigest(),
            kept_at=clock.now(),
            kept_by=self._person("officer"),
            **own,
        )
        self.upload = PhotoUpload.objects.create(
            file_name="photos.zip", size=1, created_by=self._person("officer"), **own
        )
        self.policy = Policy.objects.create(name="Standard", is_default=True, **own)
        self.acts |= make_trial(self.policy) | make_lists(self._person("reviewer"), self.institution)
        self.assignment = PolicyAssignment.objects.create(exam=self.exam, policy=self.policy, **own)
        self._make_evidence()

    def _make_evidence(self) -> None:
        self.evidence = EvidenceItem.objects.create(
            institution=self.institution,
            session=self.session,
            incident=self.incident,
            kind="camera_frame",
            sequence=1,
            captured_at=clock.now(),
            content_type="image/jpeg",
            name=storages["evidence"].save("world.jpg", ContentFile(_JPEG)),
            size=len(_JPEG),
            sha256=hashlib.sha256(_JPEG).hexdigest(),
            previous_hash="0" * 64,
            hash="1" * 64,
            stored_at=clock.now(),
        )

    def _make_face_data(self) -> None:
        own = {"institution": self.institution}
        sealed = templates.seal(np.asarray(VECTOR, np.float32))
        photo_name = storages["identity"].save("world.reference", ContentFile(_JPEG))
        self.never_told = (*traces_of(sealed), photo_name.encode())
        ReferenceFace.objects.create(
            session=self.session,
            consent=self.consent,
            engine="an engine",
            template=sealed,
            photo_name=photo_name,
            photo_sha256=hashlib.sha256(_JPEG).hexdigest(),
            created_at=clock.now(),
            **own,
        )
        HeadBaseline.objects.create(
            session=self.session,
            consent=self.consent,
            numbers=Baseline(Head(*([0.0] * 7)), 1.0, 15, LearntFrom.CHECK_IN).to_json(),
            created_at=clock.now(),
            **own,
        )

    def _make_office(self) -> None:
        [self.invitation] = invite_member(
            self.institution,
            email="invited@example.org",
            roles=[Role.PROCTOR],
            actor=self._person("admin"),
        )
        own = {"institution": self.institution, "sitting": self.sitting}
        self.roster = Roster.objects.create(file_name="roster.csv", **own)
        SittingMail.objects.create(**own, address="later@example.org", kind="invited", written_at=clock.now())
        SelfEnrolment.objects.create(**own, opened_by=self._person("officer"))
        CandidateGroup.objects.create(institution=self.institution, name="3b")
        now = clock.now()
        Job.objects.create(
            institution=self.institution, kind="of the table", title="A job", created_at=now, due_at=now
        )
        self.membership = Membership.objects.get(user=self._person("reviewer"))
        self.pending = PendingEnrolment.objects.create(
            institution=self.institution,
            sitting=self.sitting,
            email="later@example.org",
            created_by=self._person("officer"),
        )

    def _make_journal(self) -> None:
        JournalEntry.objects.create(
            institution=self.institution,
            attempt=self.attempt,
            sequence=1,
            device="tab",
            client_sequence=1,
            item=self._first("exams.paperitem"),
            value="a",
            client_at=clock.now(),
            received_at=clock.now(),
            previous_hash="0" * 64,
            hash="1" * 64,
        )

    def _make_bank(self) -> None:
        category_at_path(self.institution, ["Biology"])
        tags_named(self.institution, ["hard"])
        self.media = media.store(
            self.institution, name="a.pdf", data=b"%PDF-1.7\n", description="", actor=None
        )
        for version in QuestionVersion.objects.all():
            version.media.add(self.media)

    def _make_marking(self) -> None:
        own = {"institution": self.institution}
        item = self._first("exams.paperitem")
        self.round = MarkingRound.objects.create(
            sitting=self.sitting, title="Essays", seed=1, created_at=clock.now(), **own
        )
        RoundMarker.objects.create(round=self.round, user=self._person("reviewer"), **own)
        self.round_answer = RoundAnswer.objects.create(
            round=self.round, item=item, question=item.version.question, number=1, **own
        )

    def _person(self, name: str) -> User:
        person = self.people[name]
        assert person is not None
        return person

    def argument(self, name: str) -> Any:
        """The value for one part of an address."""
        return self._arguments()[name]()

    def _arguments(self) -> dict[str, Callable[[], Any]]:
        return {
            "upload_id": lambda: self.upload.pk,
            "roster_id": lambda: self.roster.pk,
            "slug": lambda: self.institution.slug,
            "kind": lambda: "notice",
            **dict.fromkeys(("attempt", "attempt_id"), lambda: self.attempt.pk),
            "enrolment_id": lambda: self.enrolment.pk,
            "sitting": lambda: self.sitting.pk,
            "sitting_id": lambda: self.sitting.pk,
            "incident_id": lambda: self.incident.pk,
            "case_id": lambda: self._first("proctoring.case").pk,
            "policy_id": lambda: self.policy.pk,
            "check_id": lambda: self.check.pk,
            "what": lambda: "reference",
            "code": lambda: "messages",
            "provider_name": lambda: "peer",
            **{name: partial(int, pk) for name, pk in self.acts.items()},
            "hand_over_id": lambda: self._first("proctoring.handover").pk,
            **dict.fromkeys(("number", "pool_id"), lambda: 1),
            "package_id": lambda: self.package.pk,
            "session_id": lambda: self.session.pk,
            "reply_file_id": lambda: self.reply_file.public_id,
            "certificate_id": lambda: self._first("proctoring.deletioncertificate").public_id,
            "export_id": lambda: self._first("proctoring.dataexport").public_id,
            "warning_id": lambda: self.warning.pk,
            "public_id": lambda: self.session.public_id,
            "invitation": lambda: self.invitation.pk,
            "membership": lambda: self.membership.pk,
            "exam_id": lambda: self.exam.pk,
            "section_id": lambda: self._first("exams.section").pk,
            "media_id": lambda: self.media.public_id,
            **dict.fromkeys(("item_id", "evidence_id"), lambda: self.evidence.pk),
            "import_id": lambda: self._first("exams.questionimport").pk,
            "question_id": lambda: self._first("exams.question").pk,
            "category_id": lambda: self._first("exams.questioncategory").pk,
            "token": lambda: "no-token-of-ours",
            "round_id": lambda: self.round.pk,
            **dict.fromkeys(("meeting", "meeting_id"), lambda: self.interview.meeting_id),
            **dict.fromkeys(("invitation_id", "participant_id"), lambda: self.interview.pk),
            "answer_id": lambda: self.round_answer.pk,
            "version_id": lambda: self._first("exams.questionversion").pk,
            "report_id": lambda: self.report_file.pk,
            "file_id": lambda: self.answer_file.public_id,
            "announcement_id": lambda: self.announcement.pk,
            "ticket": lambda: launch_link(self.sitting).split("/")[-2],
            "secret": lambda: "no-such-secret",
            "app_label": lambda: "exams",
            "url": lambda: "no-such-page/",
        }

    def admin_object(self, label: str) -> Any:
        """A row of the model `app.model` of our institution, for the admin's pages about one object."""
        known = {
            "accounts.institution": self.institution,
            "accounts.invitation": self.invitation,
            "accounts.membership": self.membership,
            "accounts.user": self._person("owner"),
            "exams.attempt": self.attempt,
        }
        return known.get(label) or self._first(label)

    def _first(self, label: str) -> Any:
        with within(self.institution):
            return apps.get_model(label).objects.order_by("pk").first()
