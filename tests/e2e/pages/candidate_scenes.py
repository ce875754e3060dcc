"""The exam page with everything that opens on it, what stands before and after it, and the own record."""

from datetime import timedelta

from playwright.sync_api import expect

from accounts.tenancy import within
from exams import states
from exams.marking import releases
from exams.models import Attempt, SelfEnrolment
from proctor_site.kernel import clock
from proctoring.browser.events import BrowserKind
from proctoring.identity import notice
from proctoring.models import Consent
from tests.e2e import axe
from tests.e2e.pages.papers import everything_on, exam_of_every_kind
from tests.e2e.pages.stage import Stage, scene
from tests.factories.cases import make_case
from tests.factories.exams import CONTENT, RIGHT, enrol, make_attempt, make_exam, make_sitting
from tests.factories.marking import hand_in
from tests.factories.proctoring import make_session

GROUP = "candidate"


@scene(
    GROUP,
    *(f"exams/kinds/{kind}.html" for kind in CONTENT),
    "exams/_partials/gap.html",
    "exams/_partials/calculator.html",
    "exams/_partials/certainty.html",
)
def the_exam_page(stage: Stage) -> None:
    everything_on(stage.world)
    sitting = make_sitting(exam_of_every_kind(stage.world.institution))
    attempt = make_attempt(enrol(sitting, stage.person("owner")))
    page = stage.go("owner", f"{stage.here}attempts/{attempt.pk}/exam/")
    expect(page.get_by_role("heading", name="Question 1 of")).to_be_visible()
    stage.ask(page)
    tools = page.get_by_role("group", name="Tools")
    for name in ("Calculator", "Formula sheet", "Scratch pad", "Highlighter", "Text and colours"):
        tools.get_by_role("button", name=name).click()
        stage.ask(page, name, is_plain=True)
    for number in range(2, len(CONTENT) + 1):
        page.get_by_role("button", name="Next").click()
        expect(page.get_by_role("heading", name=f"Question {number} of")).to_be_visible()
        stage.note(page, f"question {number}", axe.complaints(page))
    page.get_by_role("button", name="Final check and submit").click()
    stage.ask(page, "final check")
    page.get_by_role("button", name="Hand in my exam").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    stage.ask(page, "asked once more")


@scene(
    GROUP,
    "exams/_partials/certainty_explained.html",
    "proctoring/candidate/_screen.html",
    "proctoring/candidate/_noted.html",
)
def an_exam_on_camera(stage: Stage) -> None:
    everything_on(stage.world)
    sitting = make_sitting(exam_of_every_kind(stage.world.institution))
    attempt = make_attempt(enrol(sitting, stage.person("other_candidate")), state=states.READY)
    session = make_session(attempt)
    with within(stage.world.institution):
        newest = notice.for_attempt(attempt)
        Consent.objects.create(
            institution=stage.world.institution,
            session=session,
            candidate=stage.person("other_candidate"),
            notice=newest,
            given_at=clock.now(),
            camera=True,
            microphone=True,
            screen=True,
            looked_for=[each.value for each in BrowserKind],
        )
    stage.look("other_candidate", f"{stage.here}attempts/{attempt.pk}/waiting/")
    Attempt.objects.with_scopes_disabled().filter(pk=attempt.pk).update(
        state=states.IN_PROGRESS, started_at=clock.now(), deadline_at=clock.now() + timedelta(hours=1)
    )
    page = stage.go("other_candidate", f"{stage.here}attempts/{attempt.pk}/exam/")
    stage.ask(page)


_SHOW_STEP = """step => {
  for (const each of document.querySelectorAll("[data-step-section]")) each.hidden = each !== step;
}"""
"""Which a camera in front of a person would lead to."""


@scene(
    GROUP,
    "proctoring/candidate/_document.html",
    "proctoring/candidate/_liveness.html",
    "proctoring/candidate/_voice.html",
    "proctoring/candidate/_screen_step.html",
)
def the_check_in(stage: Stage) -> None:
    everything_on(stage.world)
    sitting = make_sitting(make_exam(stage.world.institution))
    attempt = make_attempt(enrol(sitting, stage.person("owner")), state=states.CHECKING_IN)
    page = stage.go("owner", f"{stage.here}attempts/{attempt.pk}/check-in/")
    stage.ask(page, "notice")
    for step in page.locator("[data-step-section]").all():
        step.evaluate(_SHOW_STEP)
        stage.ask(page, str(step.get_attribute("id")))


@scene(GROUP, "exams/safe_browser.html")
def outside_safe_exam_browser(stage: Stage) -> None:
    sitting = make_sitting(make_exam(stage.world.institution), safe_browser="required")
    attempt = make_attempt(enrol(sitting, stage.person("owner")))
    stage.look("owner", f"{stage.here}attempts/{attempt.pk}/exam/", 403)


@scene(GROUP, "exams/throw_away.html", "exams/_partials/practice_end.html")
def practice(stage: Stage) -> None:
    sitting = make_sitting(make_exam(stage.world.institution), is_practice=True)
    attempt = make_attempt(enrol(sitting, stage.person("owner")), state=states.SUBMITTED)
    stage.look("owner", f"{stage.here}attempts/{attempt.pk}/done/")
    stage.look("owner", f"{stage.here}attempts/{attempt.pk}/throw-away/")


@scene(
    GROUP,
    "exams/reports/own_transcript.html",
)
def a_released_result(stage: Stage) -> None:
    sitting = make_sitting(exam_of_every_kind(stage.world.institution))
    answers = {kind: value for kind, value in RIGHT.items() if kind != "file_upload"}
    with within(stage.world.institution):
        attempt = hand_in(sitting, stage.person("owner"), **answers)
        releases.set_policy(
            sitting.exam, actor=stage.person("officer"), not_before=None, shows_total=True, shows_answers=True
        )
        releases.release(sitting, actor=stage.person("officer"), allow_unmarked=True)
    stage.look("owner", f"{stage.here}attempts/{attempt.pk}/result/")
    stage.look("owner", f"{stage.here}attempts/{attempt.pk}/transcript/")


@scene(GROUP, "exams/self_enrolment.html")
def the_door_of_a_sitting(stage: Stage) -> None:
    with within(stage.world.institution):
        door = SelfEnrolment.objects.get()
    stage.look("nobody", f"/enrol/{door.token}/")
    stage.look("stranger", f"/enrol/{door.token}/")


@scene(GROUP, "proctoring/record/interview_sure.html", "proctoring/record/_interview_end.html")
def an_interview_answered(stage: Stage) -> None:
    page = stage.go("owner", f"{stage.here}my-record/{stage.world.attempt.pk}/interviews/1/")
    stage.press(page, "Take this time")
    stage.ask(page, "without a time")
    page.get_by_role("radio").first.check()
    stage.press(page, "Take this time")
    stage.ask(page, "to be sure of a time")
    stage.press(page, "Yes")
    stage.ask(page, "agreed")
    stage.press(page, "Decline")
    stage.ask(page, "to be sure of declining")
    stage.press(page, "Yes")
    stage.ask(page, "declined")


@scene(GROUP, "proctoring/rights/erase.html")
def own_data(stage: Stage) -> None:
    page = stage.go("owner", f"{stage.here}my-record/data/")
    stage.press(page, "Take the request back")
    stage.press(page, "Ask for erasure")
    stage.ask(page, "erasure, to be sure")


@scene(GROUP)
def a_decided_case(stage: Stage) -> None:
    with within(stage.world.institution):
        person = stage.person("other_candidate")
        other = Attempt.objects.filter(enrolment__candidate=person).earliest("pk")
        make_case(other, state="decided")
    stage.look("other_candidate", f"{stage.here}my-record/{other.pk}/")
    page = stage.look("other_candidate", f"{stage.here}my-record/{other.pk}/appeal/")
    stage.press(page)
    stage.ask(page, "with what is missing")
