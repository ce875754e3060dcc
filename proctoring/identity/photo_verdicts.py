"""What importing one row of an upload of photos would do: whose it is, and whether the picture will serve."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from accounts.models import Institution, Membership, User
from accounts.roles import Role
from exams.bank.formats.base import Unreadable
from exams.bank.formats.package import Package
from exams.models import Enrolment, Sitting
from proctor_site.kernel.errors import Overloaded
from proctoring.analysis import pool
from proctoring.identity.photo_table import PhotoRow
from proctoring.models import OfficerPhoto
from proctoring.vision.coaching import Coaching
from proctoring.vision.upload import ImageError


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    REPLACED = "replaced"
    SAME = "same"
    REFUSED = "refused"


WORDS = {
    Outcome.NEW: "New photo",
    Outcome.REPLACED: "Replaces a photo",
    Outcome.SAME: "There already",
    Outcome.REFUSED: "Refused",
}
PROBLEMS = {
    Coaching.TOO_DARK: "The photo is too dark.",
    Coaching.BACK_LIT: "The face is in shadow.",
    Coaching.OVER_EXPOSED: "The photo is too bright.",
    Coaching.BLURRED: "The face is blurred.",
    Coaching.TOO_SMALL: "The face is too small: cut the photo to head and shoulders.",
    Coaching.NO_FACE: "No face can be seen clearly.",
    Coaching.SEVERAL_FACES: "There is more than one face.",
    Coaching.CAMERA_COVERED: "Nothing can be seen on the photo.",
    Coaching.CUT_OFF: "Part of the face is outside the photo.",
    Coaching.TURNED_AWAY: "The face is turned to the side.",
}
"""The problems of `vision.coaching`, said to somebody who is not in front of the camera."""


@dataclass(slots=True)
class Verdict:
    """One row and what importing it would do. `sha256`: of its picture, "" when the row is refused."""

    row: PhotoRow
    outcome: Outcome
    words: str = ""
    candidate: int | None = None
    sha256: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the report."""
        return {
            "line": self.row.line,
            "email": self.row.email,
            "file": self.row.file,
            "path": self.row.path,
            "outcome": self.outcome.value,
            "words": self.words,
            "candidate": self.candidate,
            "sha256": self.sha256,
        }


@dataclass(slots=True)
class Judge:
    """Judges the rows of one upload, in their order; remembers pictures, so that nobody shares one."""

    institution: Institution
    sitting: Sitting | None
    emails: Iterable[str]
    _candidates: dict[str, User] = field(default_factory=dict)
    _photos: dict[int, str] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._candidates = candidates_at(self.institution, self.sitting, self.emails)
        owners = [each.pk for each in self._candidates.values()]
        rows = OfficerPhoto.objects.filter(institution=self.institution, candidate__in=owners)
        self._photos = dict(rows.values_list("candidate", "photo_sha256"))

    def verdict(self, row: PhotoRow, package: Package) -> Verdict:
        """What would become of the row. Raises what `problem_of` raises, and Unavailable."""
        if row.problem:
            return Verdict(row, Outcome.REFUSED, row.problem)
        candidate = self._candidates.get(row.email)
        if candidate is None:
            where = "this sitting" if self.sitting else self.institution.name
            return Verdict(row, Outcome.REFUSED, f"There is no candidate with this address in {where}.")
        try:
            data = package.read(row.path)
        except Unreadable as error:
            return Verdict(row, Outcome.REFUSED, str(error), candidate.pk)
        digest = hashlib.sha256(data).hexdigest()
        earlier = self._seen.setdefault(digest, row.line)
        if earlier != row.line:
            said = f"Row {earlier} has the very same picture: two people cannot share a photo."
            return Verdict(row, Outcome.REFUSED, said, candidate.pk)
        if self._photos.get(candidate.pk) == digest:
            return Verdict(row, Outcome.SAME, "", candidate.pk, digest)
        problem = problem_of(data)
        if problem:
            return Verdict(row, Outcome.REFUSED, problem, candidate.pk)
        outcome = Outcome.REPLACED if candidate.pk in self._photos else Outcome.NEW
        return Verdict(row, outcome, "", candidate.pk, digest)


def candidates_at(
    institution: Institution, sitting: Sitting | None, emails: Iterable[str]
) -> dict[str, User]:
    """The candidates of a sitting, or of the institution, with these addresses."""
    people = User.objects.filter(email__in=set(emails))
    if sitting is not None:
        enrolled = Enrolment.objects.filter(sitting=sitting, withdrawn_at=None)
        people = people.filter(pk__in=enrolled.order_by().values("candidate"))
    else:
        members = Membership.objects.filter(institution=institution, role=Role.CANDIDATE, ended_at=None)
        people = people.filter(pk__in=members.order_by().values("user"))
    return {each.email: each for each in people}


def problem_of(data: bytes) -> str:
    """Why a picture will not serve as a reference photo, or "". Makes no template: nobody has consented.

    Raises TimeoutError while every analyser is busy with exams: a job is then tried again later.
    """
    try:
        report = pool.enrol(data, with_template=False)
    except ImageError as error:
        return f"This is no picture that can be used: {error.message}."
    except pool.WorkerLost:
        return "This picture could not be looked at. Save it anew as JPEG."
    except Overloaded as error:
        raise TimeoutError("every analyser is busy") from error
    return " ".join(PROBLEMS[Coaching(code)] for code in report.problems)
