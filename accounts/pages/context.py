"""What every page knows: the institution at hand, the person's other institutions, and the menu links."""

from typing import Any

from django.http import HttpRequest

from accounts import queries
from accounts.models import Institution
from accounts.permissions import is_staff_of, roles_of
from accounts.roles import Role

_OFFICE = frozenset({Role.ADMIN.value, Role.EXAM_OFFICER.value})
_WATCH = _OFFICE | {Role.PROCTOR.value}
_MARK = _OFFICE | {Role.AUTHOR.value, Role.REVIEWER.value}
_REPORTS = _OFFICE | {Role.AUTHOR.value}
Link = dict[str, Any]


def institution(request: HttpRequest) -> dict[str, Any]:
    """Template context: the institution, `own_institutions`, `is_staff_here` and the links of the menus."""
    user = getattr(request, "user", None)
    here: Institution | None = getattr(request, "institution", None)
    if user is None or not user.is_authenticated:
        return {
            "institution": None,
            "own_institutions": [],
            "is_staff_here": False,
            "staff_links": [],
            "institution_links": [],
        }
    own = queries.own_institutions(request)
    return {
        "institution": here,
        "own_institutions": own,
        "is_staff_here": here is not None and is_staff_of(user, here),
        "staff_links": links_of(user, here, request.path) if here else [],
        "institution_links": _other_institutions(user, own, here),
    }


def links_of(user: Any, here: Institution, path: str = "") -> list[Link]:
    """The pages that the person's roles open in an institution: `label`, `url`, `is_current`."""
    roles = roles_of(user, here)
    base = f"/i/{here.slug}/"
    offered = (
        ("Watch", f"{base}watch/", _WATCH),
        ("Meetings", f"{base}meetings/", _WATCH | {Role.REVIEWER.value}),
        ("Marking", f"{base}marking/", _MARK),
        ("Reports", f"{base}reports/", _REPORTS),
        ("Results", f"{base}results/", _OFFICE | {Role.REVIEWER.value}),
        ("Members", f"{base}members/", _OFFICE),
        ("Law", f"{base}law/", _OFFICE | {Role.DATA_PROTECTION_OFFICER.value}),
        ("Settings", f"{base}settings/", frozenset({Role.ADMIN.value})),
    )
    links = [
        {"label": label, "url": url, "is_current": path.startswith(url)}
        for label, url, wanted in offered
        if roles & wanted
    ]
    if is_staff_of(user, here):
        links.append({"label": "Admin", "url": f"{base}admin/", "is_current": False})
    return links


def _other_institutions(user: Any, own: list[Institution], here: Institution | None) -> list[Link]:
    """One link to the work in each institution where the person is staff, apart from the one at hand."""
    return [
        {"label": f"Work at {each.name}", "url": f"/i/{each.slug}/admin/"}
        for each in own
        if each != here and is_staff_of(user, each)
    ]
