"""Registration, sign-in, the own account, and what people read when something is refused or fails."""

import re
import time
from typing import Any
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import Page, expect

from accounts import audit, links
from accounts.models import Invitation, Membership
from accounts.roles import Role
from accounts.tenancy import within
from proctoring.pages.demo_camera import MADE_FOR_DEMO
from tests.e2e import axe
from tests.e2e.pages.stage import Stage, scene
from tests.factories.accounts import PASSWORD, make_user

GROUP = "accounts"


def _path_in_mail(pattern: str) -> str:
    """The address, without its host, of the newest link of a mail."""
    [link] = re.findall(rf"https?://\S*{pattern}\S*", str(mail.outbox[-1].body))[:1]
    return urlsplit(link).path


def _sign_in(stage: Stage, page: Page, email: str) -> None:
    page.goto("/account/login/")
    page.get_by_label(re.compile("^e-?mail", re.IGNORECASE)).fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    stage.press(page, "Sign in")


@scene(GROUP, "accounts/register_sent.html", "accounts/register_confirm.html")
def registering(stage: Stage) -> None:
    page = stage.go("nobody", "/register/")
    stage.press(page, "Register")
    stage.ask(page, "with what is missing")
    page.get_by_label("Name of the institution").fill("West Academy")
    page.get_by_label("Short name").fill("west-academy")
    page.get_by_label("Country").select_option(label="Austria")
    page.get_by_label("Time zone").select_option("Europe/Vienna")
    page.get_by_label("Your full name").fill("Wilma West")
    page.get_by_label("Your e-mail address").fill("wilma@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    stage.press(page, "Register")
    expect(page.get_by_role("heading", level=1)).to_have_text("Open the link in your e-mail")
    stage.ask(page)
    page = stage.look("nobody", _path_in_mail("/register/confirm/"))
    stage.press(page, "Confirm")
    stage.ask(page, "with what is missing")


@scene(GROUP, "accounts/invitation.html")
def an_invitation(stage: Stage) -> None:
    with within(stage.world.institution):
        Invitation.objects.update(token_hash=links.hash_of("invited"))
    page = stage.look("nobody", "/invitation/invited/")
    page.get_by_label("Choose a password").fill("1")
    stage.press(page, "Create my account and accept")
    stage.ask(page, "with what is wrong")


@scene(GROUP, "accounts/landing.html", "account/login.html", "account/signup_closed.html")
def signed_out(stage: Stage) -> None:
    for name in ("", "account/signup/", "account/login/"):
        page = stage.look("nobody", f"/{name}")
    page.get_by_label(re.compile("^e-?mail", re.IGNORECASE)).fill("nobody@example.org")
    page.get_by_label("Password").fill("wrong")
    stage.press(page, "Sign in")
    stage.ask(page, "with a wrong password")


@scene(
    GROUP,
    "account/account_inactive.html",
    "account/verification_sent.html",
    "account/email_confirm.html",
)
def addresses_to_confirm(stage: Stage) -> None:
    stage.look("nobody", "/account/inactive/")
    stage.look("nobody", "/account/confirm-email/")
    page = stage.look("owner", "/account/email/")
    page.get_by_role("textbox").first.fill("new.address@example.org")
    stage.press(page, "Send a link to the new address")
    page.get_by_label("Your password").fill(PASSWORD)
    stage.press(page, "Confirm")
    stage.ask(page, "with a new address")
    stage.look("owner", _path_in_mail("/confirm-email/"))
    EmailAddress.objects.filter(email="new.address@example.org").delete()


@scene(
    GROUP,
    "account/password_reset.html",
    "account/password_reset_done.html",
    "account/password_reset_from_key.html",
    "account/password_reset_from_key_done.html",
)
def a_forgotten_password(stage: Stage) -> None:
    page = stage.look("nobody", "/account/password/reset/")
    page.get_by_role("textbox").first.fill(make_user().email)
    stage.press(page)
    page.wait_for_url("**/done/")
    stage.ask(page)
    page = stage.look("nobody", _path_in_mail("/password/reset/key/"))
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD * 2)
    stage.press(page)
    page.wait_for_url("**/key/done/")
    stage.ask(page)
    stage.look("nobody", "/account/password/reset/key/1-dead-beef/")


@scene(
    GROUP,
    "account/own_base.html",
    "account/email_change.html",
    "account/password_change.html",
    "account/logout.html",
    "accounts/person.html",
    "accounts/sign_ins.html",
)
def the_own_account(stage: Stage) -> None:
    for name in ("person", "email", "logout", "sign-ins", "password/change"):
        page = stage.look("owner", f"/account/{name}/")
    page.locator("header details > summary").first.click()
    stage.note(page, "with the person's menu", axe.complaints(page))
    page.keyboard.press("Escape")
    stage.press(page)
    stage.ask(page, "with what is missing")


@scene(GROUP, "account/password_set.html")
def a_first_password(stage: Stage) -> None:
    person = make_user()
    person.set_unusable_password()
    person.save()
    page = stage.page_for(person)
    page.goto("/account/password/set/")
    stage.ask(page)


@scene(
    GROUP,
    "account/base_reauthenticate.html",
    "account/reauthenticate.html",
    "mfa/index.html",
    "mfa/totp/activate_form.html",
    "mfa/recovery_codes/generate.html",
    "mfa/recovery_codes/index.html",
    "mfa/totp/deactivate_form.html",
    "mfa/authenticate.html",
    "mfa/reauthenticate.html",
)
def a_second_factor(stage: Stage) -> None:
    person = make_user()
    page = stage.page_for(person)
    page.goto("/account/2fa/")
    stage.ask(page)
    page.goto("/account/2fa/totp/activate/")
    stage.ask(page, "before the password")
    _confirm(stage, page, "Password", PASSWORD)
    expect(page.locator(".secret-key")).to_be_visible()
    secret = page.locator(".secret-key").inner_text().replace(" ", "")
    stage.press(page)
    stage.ask(page, "without the code")
    secret = page.locator(".secret-key").inner_text().replace(" ", "")
    _confirm(stage, page, re.compile("code", re.IGNORECASE), _code(secret))
    page.wait_for_url(re.compile(r"/2fa/(?!totp/activate)"))
    stage.ask(page, "switched on")
    for name in ("recovery-codes/", "recovery-codes/generate/", "totp/deactivate/"):
        page.goto(f"/account/2fa/{name}")
        stage.ask(page)
    page.context.clear_cookies()
    _sign_in(stage, page, person.email)
    page.wait_for_url("**/2fa/authenticate/**")
    stage.ask(page)
    _confirm(stage, page, re.compile("code", re.IGNORECASE), "000000")
    stage.ask(page, "with a wrong code")
    _confirm(stage, page, re.compile("code", re.IGNORECASE), _code(secret))
    page.wait_for_url(lambda url: "2fa" not in url)
    page.goto("/account/2fa/reauthenticate/")
    stage.ask(page)


def _confirm(stage: Stage, page: Page, label: str | re.Pattern[str], value: str) -> None:
    page.get_by_label(label).first.fill(value)
    stage.press(page)


def _code(secret: str) -> str:
    """What the app shows now; one of the last half-minute is forgotten."""
    cache.clear()
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))


@scene(GROUP, "accounts/member_number.html")
def the_number_of_a_candidate(stage: Stage) -> None:
    with within(stage.world.institution):
        member = Membership.objects.get(user=stage.person("owner"), role=Role.CANDIDATE)
    page = stage.look("admin", f"{stage.here}members/{member.pk}/number/")
    page.get_by_role("textbox").first.fill("x" * 300)
    stage.press(page)
    stage.ask(page, "with a number that is too long")


@scene(GROUP, "400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html", "refused.html")
def refusals_and_faults(stage: Stage) -> None:
    stage.look("nobody", "/nothing-here/", 404)
    stage.look("owner", f"{stage.here}members/", 403)
    stage.look("nobody", "/invitation/unknown/", 404)
    stage.look("nobody", "/account/login/?" + "&".join(f"a{number}=" for number in range(1_100)), 400)
    page = stage.go("nobody", "/register/")
    page.context.clear_cookies()
    stage.press(page, "Register")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Register")
    stage.ask(page, "after the cookies were cleared")
    with stage.patch.context() as patch:
        patch.setattr("accounts.pages.registration.render", _fail)
        stage.look("nobody", "/register/", 500)
    with stage.patch.context() as patch:
        patch.setattr(settings, "ACCOUNT_RATE_LIMITS", {"reset_password": "0/m/ip"})
        page = stage.go("nobody", "/account/password/reset/")
        page.get_by_role("textbox").first.fill("nobody@example.org")
        stage.press(page)
        stage.ask(page, "too often")


def _fail(*given: Any, **more: Any) -> None:
    raise RuntimeError("A fault, for its page to be looked at.")


@scene(GROUP, "operations.html")
def the_page_of_operators(stage: Stage) -> None:
    operator = make_user(name="Olga Operator")
    operator.is_superuser = True
    operator.save()
    page = stage.page_for(operator)
    page.goto("/admin/operations/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    stage.ask(page)


@scene(GROUP, "proctoring/demo_camera.html")
def the_camera_demo(stage: Stage) -> None:
    here = stage.world.institution
    with within(here):
        audit.record(here, here, MADE_FOR_DEMO)
    stage.look("nobody", "/demo/camera/")
