"""What proctors, readers, markers and hosts see after acts, and pages that people take away as files."""

import zipfile
from datetime import timedelta
from typing import IO

from playwright.sync_api import expect

from accounts.jobs import worker
from accounts.tenancy import within
from exams import states as attempt_states
from exams.models import Attempt, PaperItem, RoundAnswer, SectionQuestion
from proctor_site.kernel import clock
from proctoring import states
from proctoring.evidence import package
from proctoring.meetings.own import invitations, making
from proctoring.models import Case, Consent, EvidenceItem, MeetingInvitation
from proctoring.observations import ObservationKind
from proctoring.reports.facts import Machine
from proctoring.rights import exports
from tests.e2e import axe
from tests.e2e.pages.papers import everything_on, exam_of_every_kind
from tests.e2e.pages.stage import Stage, scene
from tests.factories.cases import make_case
from tests.factories.exams import RIGHT, enrol, make_attempt, make_exam, make_sitting
from tests.factories.marking import hand_in
from tests.factories.meetings import make_interview
from tests.factories.proctoring import make_incident
from tests.factories.results import make_results

GROUP = "staff"


@scene(GROUP, "proctoring/meeting/link.html")
def a_guest_of_a_meeting(stage: Stage) -> None:
    meeting = make_interview(stage.world.institution, stage.person("officer"), "guest@example.org")
    with within(stage.world.institution):
        guest = MeetingInvitation.objects.get(meeting=meeting, email="guest@example.org")
        secret = invitations.fresh_link(guest)
    page = stage.look("nobody", f"/meeting/{secret}/")
    stage.press(page)
    stage.ask(page, "with what is missing")
    stage.look("reviewer", f"/meeting/{secret}/")


@scene(
    GROUP, "proctoring/meeting/notice.html", "proctoring/meeting/early.html", "proctoring/meeting/closed.html"
)
def before_and_after_a_meeting(stage: Stage) -> None:
    host, guest = stage.person("proctor"), stage.person("other_candidate")
    begins = clock.now() + timedelta(days=2)
    slot = {"opens_at": begins, "closes_at": begins + timedelta(hours=1)}
    now = make_interview(stage.world.institution, host, guest)
    later = make_interview(stage.world.institution, host, guest, **slot)
    stage.look("other_candidate", f"{stage.here}meetings/{now.pk}/")
    stage.look("other_candidate", f"{stage.here}meetings/{later.pk}/")
    making.cancel_meeting(later, actor=host)
    stage.look("other_candidate", f"{stage.here}meetings/{later.pk}/")


@scene(GROUP)
def a_new_interview(stage: Stage) -> None:
    with within(stage.world.institution):
        attempt = Attempt.objects.get(enrolment__candidate=stage.person("other_candidate"))
        case = make_case(attempt, state=states.CASE_FIRST_READ, readers=(stage.person("reviewer"),))
    page = stage.look("reviewer", f"{stage.here}cases/{case.pk}/interviews/new/")
    stage.press(page, "Offer the interview")
    stage.ask(page, "with what is missing")


@scene(GROUP, "admin/proctoring/case/_reasons.html")
def a_case_to_be_read(stage: Stage) -> None:
    with within(stage.world.institution):
        case = Case.objects.get(session=stage.world.session)
        Case.objects.filter(pk=case.pk).update(state=states.CASE_OPEN)
    page = stage.look("reviewer", f"/admin/proctoring/case/{case.pk}/change/")
    page.keyboard.press("?")
    stage.ask(page, "with its keys")


@scene(
    GROUP,
    "exams/kinds/answers/code.html",
    "exams/kinds/answers/hotspot.html",
    "exams/kinds/answers/file_upload.html",
)
def answers_to_mark(stage: Stage) -> None:
    world = stage.world
    sitting = make_sitting(exam_of_every_kind(world.institution))
    answers = {**RIGHT, "file_upload": [{"id": str(world.answer_file.public_id)}]}
    with within(world.institution):
        attempt = hand_in(sitting, stage.person("other_candidate"), **answers)
        world.round.sitting = sitting
        world.round.save()
        kinds = ("code", "hotspot", "file_upload")
        items = PaperItem.objects.filter(attempt=attempt, version__question__kind__in=kinds)
        numbers = [
            RoundAnswer.objects.create(
                institution=world.institution,
                round=world.round,
                item=item,
                question=item.version.question,
                number=number,
            ).pk
            for number, item in enumerate(items, start=2)
        ]
    for number in numbers:
        stage.look("reviewer", f"{stage.here}marking/rounds/{world.round.pk}/answers/{number}/")


@scene(GROUP, "exams/reports/_fifths.html", "exams/reports/_scatter.html")
def figures_of_many(stage: Stage) -> None:
    sitting = make_results(stage.world.institution, attempts=60)
    with within(stage.world.institution):
        question = SectionQuestion.objects.filter(section__exam=sitting.exam).earliest("position")
    at = f"sections/{question.section_id}/questions/{question.question_id}"
    stage.look("officer", f"{stage.here}reports/sittings/{sitting.pk}/")
    stage.look("officer", f"{stage.here}reports/sittings/{sitting.pk}/{at}/")


@scene(GROUP, "proctoring/reports/_machine.html")
def a_report_with_a_summary(stage: Stage) -> None:
    said = Machine("Two incidents were noticed.", "a model", clock.now(), ["the incidents"])
    with stage.patch.context() as patch:
        patch.setattr("proctoring.reports.machine.known", lambda *given: said)
        stage.look("reviewer", f"{stage.here}reports/proctoring/attempts/{stage.world.attempt.pk}/")


@scene(
    GROUP,
    "proctoring/_sounds.html",
    "proctoring/_clip_player.html",
    "admin/proctoring/incident/_live_clips.html",
)
def incidents_with_films_and_sounds(stage: Stage) -> None:
    incident = make_incident(stage.world.session, kind=ObservationKind.SPEECH)
    with within(stage.world.institution):
        for number, kind in enumerate(("sound", "live_video"), start=2):
            item = EvidenceItem.objects.get(pk=stage.world.evidence.pk)
            item.pk, item.kind, item.sequence, item.incident = None, kind, number, incident
            item.content_type = "audio/wav" if kind == "sound" else "video/webm"
            item.details = {"seconds": 5}
            item.save(force_insert=True)
    page = stage.look("reviewer", f"/admin/proctoring/incident/{incident.pk}/change/")
    page.keyboard.press("?")
    stage.ask(page, "with its keys")
    stage.look("proctor", f"{stage.here}watch/{stage.world.sitting.pk}/")
    Case.objects.with_scopes_disabled().filter(session=stage.world.session).update(state=states.CASE_OPEN)


@scene(GROUP, "proctoring/rights/export.html")
def a_copy_of_own_data(stage: Stage) -> None:
    owner, here = stage.person("other_candidate"), stage.world.institution
    with within(here):
        row = exports.ask(here, owner, actor=owner)
        _work()
        row.refresh_from_db()
        with exports.open_for(row, exports.link_of(row, owner), viewer=owner) as file:
            _look_at_file(stage, file)


@scene(GROUP, "proctoring/evidence_package.html")
def a_package_of_evidence(stage: Stage) -> None:
    officer, here = stage.person("officer"), stage.world.institution
    attempt = make_attempt(
        enrol(make_sitting(make_exam(here)), stage.person("other_candidate")), state=attempt_states.SUBMITTED
    )
    case = make_case(attempt)
    with within(here):
        row = package.seal(case, actor=officer, recipient="The board", reason="Hearing of May")
        _work()
        row.refresh_from_db()
        with package.download(row, package.link_to(row, officer), actor=officer) as file:
            _look_at_file(stage, file)


def _work() -> None:
    for _ in range(20):
        worker.work()


def _look_at_file(stage: Stage, file: IO[bytes]) -> None:
    """The page in a zip, as who has taken it away opens it."""
    folder = stage.folder
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    page = stage.page("nobody")
    page.goto((folder / "index.html").as_uri())
    stage.ask(page)
    page.goto("about:blank")


@scene(GROUP, "proctoring/proctor/_live_screen.html")
def the_wall_and_what_opens_on_it(stage: Stage) -> None:
    everything_on(stage.world)
    with within(stage.world.institution):
        Consent.objects.update(camera=True, screen=True, live_video=True)
    page = stage.go("proctor", f"{stage.here}watch/{stage.world.sitting.pk}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    stage.ask(page)
    page.locator("[data-act=warn]:visible").first.click()
    expect(page.locator("#warn-dialog")).to_be_visible()
    stage.note(page, "with a message to be written", axe.complaints(page))
    page.locator("#warn-dialog button[type=submit]").click()
    stage.note(page, "with a message that is missing", axe.complaints(page, within="#warn-dialog"))
    page.locator("#warn-dialog [data-close]").click()
    page.locator(f"a[data-act=details][href$='/{stage.world.enrolment.pk}/']").first.click()
    expect(page.get_by_role("heading", name="Live video")).to_be_visible()
    stage.ask(page, "with a candidate")
