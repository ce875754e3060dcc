"""Safe Exam Browser in a sitting: its terms, the configuration that follows from them, and its keys."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from accounts import audit
from accounts.models import User
from exams import safe_browser, states
from exams.models import Attempt, SafeBrowserTerms, Sitting
from exams.models.sitting import SafeBrowserUse
from proctor_site.kernel.errors import InvalidInput, NotFound

_PLAIN_TERMS = ("allow_quit", "allow_spell_check", "show_time", "show_reload")
_COPIED = (
    *_PLAIN_TERMS,
    "quit_password_hash",
    "assistive_programs",
)
"""Not a file of one's own, nor keys of a file: they lead to the sitting they were made for."""
_PROGRAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._()-]{0,99}")
_MOST_PROGRAMS = 10
_LONGEST_PASSWORD = 100
_WINDOWS, _MACOS = 1, 0
_TICKET_SALT = "exams.safe_browser.configuration"
TICKET_SECONDS = 24 * 60 * 60
_ORDER = list(SafeBrowserUse)


@dataclass(frozen=True, slots=True)
class Keys:
    """What proves the configuration of a sitting. `mark`: changes whenever one of the keys does."""

    config_key: str
    exam_keys: tuple[str, ...]

    @property
    def mark(self) -> str:
        return hashlib.sha256("\n".join((self.config_key, *self.exam_keys)).encode()).hexdigest()[:32]


def terms_of(sitting: Sitting) -> SafeBrowserTerms:
    """The terms as stored, or those of a sitting for which none were set yet (not saved)."""
    found = SafeBrowserTerms.objects.filter(sitting=sitting).first()
    return found or SafeBrowserTerms(institution=sitting.institution, sitting=sitting)


def set_terms(
    sitting: Sitting,
    *,
    actor: User | None,
    use: str,
    quit_password: str | None = None,
    assistive_programs: Iterable[str] = (),
    browser_exam_keys: Iterable[str] = (),
    own_file: bytes | None = None,
    drop_own_file: bool = False,
    **plain: bool,
) -> SafeBrowserTerms:
    """Sets whether and how the sitting uses Safe Exam Browser.

    `quit_password`: None keeps the one there is, "" takes it away. Raises InvalidInput naming the field.
    While candidates are working, it can only be asked less of them: other settings would shut them out.
    """
    if use not in SafeBrowserUse.values:
        raise InvalidInput(f"Choose one of: {', '.join(SafeBrowserUse.values)}.", field="use")
    with transaction.atomic():
        terms = terms_of(sitting)
        before = keys_of(sitting, terms)
        for name in _PLAIN_TERMS:
            setattr(terms, name, bool(plain.pop(name, getattr(terms, name))))
        if plain:
            raise InvalidInput(f"There is no {sorted(plain)[0]} to set.", field=sorted(plain)[0])
        if quit_password is not None:
            terms.quit_password_hash = _hashed(quit_password)
        terms.assistive_programs = _clean_programs(assistive_programs)
        terms.browser_exam_keys = safe_browser.clean_exam_keys(browser_exam_keys)
        if own_file is not None:
            terms.own_config_key = safe_browser.config_key(
                _checked(safe_browser.read_file(own_file), sitting)
            )
            terms.own_file = own_file
        elif drop_own_file:
            terms.own_file, terms.own_config_key = None, ""
        changes_keys = keys_of(sitting, terms) != before
        _require_nobody_shut_out(sitting, use, changes_keys=changes_keys)
        sitting.safe_browser = use
        sitting.save(update_fields=["safe_browser"])
        terms.save()
        detail = {"use": use, "other_keys": changes_keys, "own_file": terms.own_file is not None}
        audit.record(sitting.institution, sitting, "sitting.safe_browser_set", actor=actor, detail=detail)
    return terms


def copy_terms(source: Sitting, made: Sitting) -> None:
    """Gives a new sitting the use and settings of another; its configuration leads to the new one."""
    terms = terms_of(source)
    made.safe_browser = source.safe_browser
    made.save(update_fields=["safe_browser"])
    if terms.pk is not None:
        same = {name: getattr(terms, name) for name in _COPIED}
        SafeBrowserTerms.objects.create(institution=made.institution, sitting=made, **same)


def settings_of(sitting: Sitting, terms: SafeBrowserTerms) -> dict[str, Any]:
    """The generated settings. The same terms give the same settings, and so the same Config Key.

    Candidates hold files of them: a change here shuts them out until they open the exam anew.
    """
    host = urlsplit(settings.BASE_URL).netloc.lower()
    return {
        "originatorVersion": "Proctor",
        "sebConfigPurpose": 0,
        "startURL": _address("safe_browser_start", sitting),
        "quitURL": _address("safe_browser_end", sitting),
        "quitURLConfirm": False,
        "sendBrowserExamKey": True,
        "browserWindowWebView": 3,  # the newest engine, in which pages read the keys by JavaScript
        "browserMediaCaptureCamera": True,
        "browserMediaCaptureMicrophone": True,
        "allowVideoCapture": True,  # the names of the two until version 3.6 for Windows
        "allowAudioCapture": True,
        "allowQuit": terms.allow_quit,
        "hashedQuitPassword": terms.quit_password_hash,
        "allowPreferencesWindow": False,
        "allowSpellCheck": terms.allow_spell_check,
        "showTime": terms.show_time,
        "showTaskBar": True,
        "showReloadButton": terms.show_reload,
        "browserWindowAllowReload": terms.show_reload,
        "allowSwitchToApplications": bool(terms.assistive_programs),
        "permittedProcesses": [_permitted(each) for each in terms.assistive_programs],
        "URLFilterEnable": True,
        "URLFilterEnableContentFilter": False,
        "URLFilterRules": [{"active": True, "regex": False, "expression": f"{host}/*", "action": 1}],
    }


def file_of(sitting: Sitting) -> bytes:
    """The .seb file of the sitting. Raises NotFound where Safe Exam Browser is no part of it."""
    if sitting.safe_browser == SafeBrowserUse.OFF:
        raise NotFound("This sitting has no configuration of Safe Exam Browser.")
    terms = terms_of(sitting)
    if terms.own_file is not None:
        return bytes(terms.own_file)
    return safe_browser.write_file(settings_of(sitting, terms))


def keys_of(sitting: Sitting, terms: SafeBrowserTerms | None = None) -> Keys:
    """The keys with which requests are checked now."""
    terms = terms or terms_of(sitting)
    config_key = terms.own_config_key or safe_browser.config_key(settings_of(sitting, terms))
    return Keys(config_key, tuple(terms.browser_exam_keys))


def launch_link(sitting: Sitting) -> str:
    """seb(s):// link to the configuration, good for a day. It opens no account: one signs in inside."""
    ticket = signing.dumps([sitting.institution_id, sitting.pk], salt=_TICKET_SALT, compress=True)
    path = reverse("safe_browser_launch", args=[ticket])
    return safe_browser.launch_address(safe_browser.address_of(settings.BASE_URL, path))


def ticket_holder(ticket: str) -> tuple[int, int]:
    """Institution and sitting of a launch link. Raises NotFound when it is old or was made up."""
    try:
        institution, sitting = signing.loads(ticket, salt=_TICKET_SALT, max_age=TICKET_SECONDS)
    except signing.BadSignature as error:
        raise NotFound(
            "This link is no longer good. Open your exam in your usual browser and use the link there."
        ) from error
    return institution, sitting


def _address(name: str, sitting: Sitting) -> str:
    return safe_browser.address_of(
        settings.BASE_URL, reverse(name, args=[sitting.institution.slug, sitting.pk])
    )


def _hashed(password: str) -> str:
    if len(password) > _LONGEST_PASSWORD:
        raise InvalidInput(f"At most {_LONGEST_PASSWORD} characters.", field="quit_password")
    return hashlib.sha256(password.encode()).hexdigest() if password else ""


def _clean_programs(lines: Iterable[str]) -> list[str]:
    names = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if len(names) > _MOST_PROGRAMS:
        raise InvalidInput(f"Name at most {_MOST_PROGRAMS} programs.", field="assistive_programs")
    for name in names:
        if not _PROGRAM.fullmatch(name):
            raise InvalidInput(
                f"“{name[:40]}” is no program: give the name of its file, such as nvda.exe.",
                field="assistive_programs",
            )
    return names


def _permitted(name: str) -> dict[str, Any]:
    """A program to which candidates may switch; they start it themselves, before or during the exam."""
    is_windows = name.lower().endswith(".exe")
    return {
        "active": True,
        "os": _WINDOWS if is_windows else _MACOS,
        "title": name.rpartition(".")[0] if is_windows else name,
        "executable": name,
        "originalName": name if is_windows else "",
        "identifier": "" if is_windows else name,
        "path": "",
        "arguments": [],
        "autostart": False,
        "iconInTaskbar": True,
        "runInBackground": True,
        "allowUserToChooseApp": False,
        "strongKill": False,
    }


def _checked(own: dict[str, Any], sitting: Sitting) -> dict[str, Any]:
    start, here = str(own.get("startURL", "")), safe_browser.address_of(settings.BASE_URL, "/")
    if not start.startswith(here):
        raise InvalidInput(
            f"The file starts at “{start[:80]}”. Let it start at {_address('safe_browser_start', sitting)}",
            field="own_file",
        )
    if own.get("sendBrowserExamKey") is not True:
        raise InvalidInput(
            "The file does not send its keys, so no candidate would get in. Switch on “Use Browser & Config "
            "Keys (send in HTTP header)” and save it again.",
            field="own_file",
        )
    return own


def _require_nobody_shut_out(sitting: Sitting, use: str, *, changes_keys: bool) -> None:
    asks_more = _ORDER.index(SafeBrowserUse(use)) > _ORDER.index(SafeBrowserUse(sitting.safe_browser))
    if not asks_more and not (changes_keys and use == SafeBrowserUse.REQUIRED):
        return
    if Attempt.objects.filter(enrolment__sitting=sitting, state__in=states.RUNNING).exists():
        raise InvalidInput(
            "Candidates are working, and this would shut them out. Until they are done it can only be "
            "allowed or switched off.",
            field="use",
        )
