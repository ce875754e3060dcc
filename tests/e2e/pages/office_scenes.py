"""Acts on many, what a secret is shown on, documents of the law, and questions of every kind in the admin."""

from accounts.models import WebhookEndpoint, WebhookMessage
from accounts.tenancy import within
from accounts.webhooks import outbox
from proctor_site.kernel import clock
from proctoring import states
from proctoring.incidents import many
from proctoring.law import versions
from proctoring.models import Case, Policy
from tests.e2e.pages.papers import exam_of_every_kind
from tests.e2e.pages.stage import Stage, scene
from tests.factories.exams import CONTENT
from tests.factories.proctoring import make_incident

GROUP = "office"
_INCIDENTS = "/admin/proctoring/incident/"
_CASES = "/admin/proctoring/case/"


@scene(
    GROUP,
    "admin/proctoring/incident/many.html",
    "admin/proctoring/incident/many_all.html",
    "admin/proctoring/incident/many_done.html",
)
def incidents_decided_together(stage: Stage) -> None:
    with within(stage.world.institution):
        make_incident(stage.world.session)
    with stage.patch.context() as patch:
        patch.setattr(many, "MOST", 1)
        page = stage.go("reviewer", _INCIDENTS)
        page.locator("summary#many-title").click()
        page.get_by_label("All that fit the filter").check()
        stage.press(page, "Show what would change")
        stage.ask(page, "all that fit")
        page.get_by_label("Reason").select_option(index=1)
        stage.press(page, page.locator(".many-form button"))
        stage.ask(page, "all that fit, without the number")
        page.get_by_label("Reason").select_option(index=1)
        page.get_by_label("To confirm, type").fill("2")
        stage.press(page, page.locator(".many-form button"))
        stage.ask(page, "all that fit, being decided")
    page = stage.go("reviewer", _INCIDENTS)
    page.locator("summary#many-title").click()
    page.locator("#result_list input[type=checkbox]").first.check()
    stage.press(page, "Show what would change")
    stage.ask(page, "several")
    page.get_by_label("Reason").select_option(index=1)
    stage.press(page, page.locator(".many-form button"))
    stage.ask(page, "several, done")


@scene(GROUP, "admin/proctoring/case/many.html", "admin/proctoring/case/many_done.html")
def cases_given_together(stage: Stage) -> None:
    with within(stage.world.institution):
        Case.objects.update(state=states.CASE_OPEN)
    page = stage.go("reviewer", _CASES)
    page.get_by_text("Several cases at once").click()
    page.locator("#many-verb").select_option(index=0)
    page.locator("input[form=many-form]").first.check()
    stage.press(page, "Show what would change")
    stage.ask(page, "several")
    stage.press(page, page.locator("main form button, #content form button").first)
    stage.ask(page, "several, done")


@scene(GROUP, "admin/accounts/apitoken/secret.html", "admin/accounts/shown_once/secret.html")
def a_token_and_its_secret(stage: Stage) -> None:
    page = stage.go("admin", "/admin/accounts/apitoken/new/")
    stage.press(page, page.locator(".token-form input[type=submit]"))
    stage.ask(page, "with what is missing")
    page.locator("#id_name").fill("Student register")
    page.locator(".scopes input").first.check()
    stage.press(page, page.locator(".token-form input[type=submit]"))
    stage.ask(page, "with the secret")


@scene(
    GROUP,
    "admin/accounts/webhookendpoint/secret.html",
    "admin/accounts/webhookendpoint/replay.html",
    "admin/accounts/webhookmessage/again.html",
)
def webhooks_and_what_they_sent(stage: Stage) -> None:
    page = stage.go("admin", "/admin/accounts/webhookendpoint/new/")
    stage.press(page, page.locator(".token-form input[type=submit]"))
    stage.ask(page, "with what is missing")
    page.locator("#id_name").fill("Student register")
    page.locator("#id_url").fill("https://register.example/hooks")
    page.locator(".scopes input").first.check()
    stage.press(page, page.locator(".token-form input[type=submit]"))
    stage.ask(page, "with the secret")
    with within(stage.world.institution), stage.patch.context() as patch:
        patch.setattr(outbox, "ask_for_sending", lambda *_: None)
        made = WebhookEndpoint.objects.latest("pk")
        sent = outbox.write("attempt.ended", {}, [made])[0]
        WebhookMessage.objects.update(delivered_at=clock.now())
    one = f"/admin/accounts/webhookendpoint/{made.pk}/"
    for name in ("change", "edit", "rotate", "switch", "test"):
        stage.look("admin", f"{one}{name}/")
    page = stage.go("admin", f"{one}replay/")
    stage.press(page, page.locator(".token-form input[type=submit]"))
    stage.ask(page, "with how many")
    for name in ("change", "again"):
        stage.look("admin", f"/admin/accounts/webhookmessage/{sent.pk}/{name}/")


@scene(
    GROUP,
    "proctoring/law_document.html",
    "proctoring/law_changes.html",
    "proctoring/_law_sections.html",
    "proctoring/public_privacy.html",
)
def documents_of_the_law(stage: Stage) -> None:
    here = stage.world.institution
    with within(here):
        versions.refresh(here)
        Policy.objects.update(phone="off")
        versions.refresh(here)
        here.privacy_published_at = clock.now()
        here.save()
    stage.look("admin", f"{stage.here}law/notice/1/")
    stage.look("admin", f"{stage.here}law/notice/2/changes/")
    stage.look("nobody", f"/privacy/{here.slug}/")


@scene(GROUP, "exams/announcement_check.html")
def an_announcement_before_it_is_sent(stage: Stage) -> None:
    page = stage.go("proctor", f"{stage.here}sittings/{stage.world.sitting.pk}/announcements/")
    stage.press(page, "Look at it before it is sent")
    stage.ask(page, "with what is missing")
    page.locator("#announcement-form textarea").first.fill("Question 2 means the year 1848.")
    stage.press(page, "Look at it before it is sent")
    stage.ask(page, "before it is sent")


@scene(GROUP, "admin/exams/question/_region_editor.html")
def questions_of_every_kind(stage: Stage) -> None:
    for kind in CONTENT:
        page = stage.go("officer", f"/admin/exams/question/add/?kind={kind}")
        stage.ask(page, is_plain=kind not in ("hotspot", "cloze", "matching"))
    stage.press(page, page.locator("[name=_save]"))
    stage.ask(page, "with what is missing")


@scene(
    GROUP,
    "exams/print/cloze.html",
    "exams/print/code.html",
    "exams/print/essay.html",
    "exams/print/file_upload.html",
    "exams/print/hotspot.html",
    "exams/print/matching.html",
    "exams/print/multiple_choice.html",
    "exams/print/numeric.html",
    "exams/print/ordering.html",
    "exams/print/short_answer.html",
)
def a_paper_to_print(stage: Stage) -> None:
    exam = exam_of_every_kind(stage.world.institution)
    stage.look("officer", f"/admin/exams/exam/{exam.pk}/preview/")
    stage.look("officer", f"/admin/exams/exam/{exam.pk}/print/?key=1&large=1")


@scene(GROUP, "admin/proctoring/compatkey/secret.html")
def a_compat_key_that_is_shown_once(stage: Stage) -> None:
    page = stage.go("admin", "/admin/proctoring/compatkey/new/")
    page.locator("#id_label").fill("Admission interviews")
    page.locator("#id_contracts_1").check()
    page.locator("#id_notice").fill("https://old.example/notice")
    stage.press(page, page.locator(".token-form input[type=submit]"))
    stage.ask(page, "with what is missing")
    page.locator("#id_obtains_consent").check()
    stage.press(page, page.locator(".token-form input[type=submit]"))
    stage.ask(page, "with the key")
