"""Which person looks at which page of the product, and which addresses are no pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.contracts.permission_calls import address as address_of
from tests.contracts.permission_rows import Row
from tests.contracts.permission_table import ROWS
from tests.contracts.permission_world import PEOPLE, World

_STAFF = ("admin", "officer", "reviewer", "proctor", "other_proctor")
_NO_OBJECT = re.compile(r"^[^<]*(<slug:slug>)?[^<]*$")
_PLAIN = re.compile(r"/(history|delete)/$")
_FOR_PROGRAMS = ("api/v1/", "health/", "admin/jsi18n/")
NO_PAGES = {
    "admin/accounts/auditentry/export/": "a file",
    "admin/exams/sitting/<int:sitting_id>/candidates/csv/": "a file",
    "admin/exams/sitting/<int:sitting_id>/candidates/xlsx/": "a file",
    "admin/exams/sitting/<int:sitting_id>/rosters/<int:roster_id>/state/": "JSON",
    "admin/proctoring/deletioncertificate/<int:object_id>/file/": "a file",
    "admin/proctoring/officerphoto/<path:object_id>/picture/": "a picture",
    "admin/proctoring/photoupload/<int:upload_id>/state/": "JSON",
    "admin/proctoring/policy/<int:policy_id>/export/": "a file",
    "admin/proctoring/policy/<int:policy_id>/try/<int:job_id>/state/": "JSON",
    "admin/exams/questionimport/<int:import_id>/report.csv": "a file",
    "admin/exams/questionimport/<int:import_id>/state/": "JSON",
    "admin/exams/questionmedia/choices/": "JSON",
    "admin/proctoring/incident/runs/<int:decision_run_id>/state/": "JSON",
    "admin/proctoring/incident/exports/<int:incident_export_id>/state/": "JSON",
    "evidence-key/": "JSON",
    "i/<slug:slug>/attempts/<int:attempt_id>/questions/": "a part of another page",
    "i/<slug:slug>/calls/<int:call_id>/recording/": "JSON",
    "i/<slug:slug>/incidents/<int:incident_id>/evidence/": "JSON",
    "i/<slug:slug>/incidents/<int:incident_id>/sounds/": "a part of another page",
    "i/<slug:slug>/my-record/<int:attempt_id>/evidence/": "JSON",
    "i/<slug:slug>/my-record/<int:attempt_id>/files/<uuid:reply_file_id>/": "a file",
    "i/<slug:slug>/my-record/<int:attempt_id>/receipts/<int:number>/": "a file",
    "i/<slug:slug>/reports/proctoring/sittings/<int:sitting_id>/export/": "a file",
    "i/<slug:slug>/reports/sittings/<int:sitting_id>/export/": "a file",
    "i/<slug:slug>/sittings/<int:sitting_id>/safe-browser/exam.seb": "a file",
    "i/<slug:slug>/evidence/<int:item_id>/": "a file behind a signed link",
    "i/<slug:slug>/evidence/<int:item_id>/captions/": "a file behind a signed link",
    "i/<slug:slug>/reports/proctoring/files/<int:report_id>/download/": "a file",
    "i/<slug:slug>/watch/<int:sitting_id>/showings/<int:showing_id>/photo/": "a picture",
    "i/<slug:slug>/watch/<int:sitting_id>/checks/<int:check_id>/photos/<slug:what>/": "a picture",
    "i/<slug:slug>/my-record/<int:attempt_id>/photo/": "a picture",
    "i/<slug:slug>/my-record/data/<uuid:export_id>/": "a file",
    "i/<slug:slug>/reply-files/<uuid:reply_file_id>/": "a file behind a signed link",
    "safe-browser/<str:ticket>/exam.seb": "a file",
    "meeting/guest/<str:token>/": "notice and room of a meeting, which are walked as such",
}
"""Addresses that answer 200 to somebody and are no pages."""
IN_SCENES = {
    "demo/camera/",
    "enrol/<str:secret>/",
    "i/<slug:slug>/attempts/<int:attempt_id>/throw-away/",
    "i/<slug:slug>/attempts/<int:attempt_id>/transcript/",
    "i/<slug:slug>/law/<slug:kind>/<int:number>/",
    "i/<slug:slug>/law/<slug:kind>/<int:number>/changes/",
    "i/<slug:slug>/members/<int:membership>/number/",
    "i/<slug:slug>/my-record/<int:attempt_id>/appeal/",
    "invitation/<str:secret>/",
    "meeting/<str:secret>/",
    "privacy/<slug:slug>/",
    "register/confirm/<str:secret>/",
    "register/sent/",
}
"""Pages that nobody sees in the world of the permission table; tests/e2e/pages/ makes what they need."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One person at one page; `empty`: in an institution in which nothing has happened yet."""

    row: Row
    person: str
    empty: bool = False

    def __str__(self) -> str:
        return f"/{self.row.pattern} as {self.person}{' (empty)' if self.empty else ''}"

    @property
    def is_plain(self) -> bool:
        """Whether Django draws the page of every model alike, or it has nothing on it yet."""
        return self.empty or bool(_PLAIN.search(self.row.pattern))

    def address(self, world: World) -> str:
        address = address_of(self.row.pattern, world)
        if self.empty:
            address = address.replace(f"/{world.institution.slug}/", f"/{world.foreign.slug}/")
        return f"{address}?{urlencode(self.row.body)}" if self.row.body else address


def visits() -> list[Visit]:
    """Every page that answers somebody: as staff, as the candidate, and before anything has happened."""
    return [visit for row in ROWS if is_page(row) for visit in _visits(row)]


def is_page(row: Row) -> bool:
    """Whether somebody sees a page there, as far as the permission table knows."""
    is_for_people = row.method == "GET" and not row.pattern.startswith(_FOR_PROGRAMS)
    return is_for_people and row.pattern not in NO_PAGES and "200" in row.statuses.split()


def is_no_page(row: Row) -> bool:
    """Whether nobody is shown a page: it is for programs, an act, a redirect, refused to all, or a file."""
    if row.method != "GET" or row.pattern.startswith(_FOR_PROGRAMS) or row.pattern in NO_PAGES:
        return True
    *signed_in, _nobody = row.statuses.split()
    is_act, leads_on = "405" in signed_in, "302" in signed_in
    is_seen = "200" in row.statuses.split()
    return not is_seen and (is_act or leads_on or row.pattern.startswith("admin/"))


def _visits(row: Row) -> Iterator[Visit]:
    answers = dict(zip(PEOPLE, row.statuses.split(), strict=True))
    staff = next((person for person in _STAFF if answers[person] == "200"), None)
    if staff:
        yield Visit(row, staff)
    if answers["owner"] == "200":
        yield Visit(row, "owner")
    if staff and _NO_OBJECT.match(row.pattern) and answers["foreign_admin"] in ("200", "404"):
        yield Visit(row, "foreign_admin", empty=True)
