"""What importing one row of an upload of photos would do: whose it is, and whether the picture will serve."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Q

from accounts.candidate_numbers import key_of
from accounts.models import Institution, Membership, User
from accounts.roles import Role
from accounts.services.candidate_numbers import holders_of
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
            "number": self.row.number,
            "file": self.row.file,
            "path": self.row.path,
            "outcome": self.outcome.value,
            "words": self.words,
            "candidate": self.candidate,
            "sha256": self.sha256,
        }


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidates by address and by `key_of` number."""

    by_email: dict[str, User]
    by_number: dict[str, User]

    def find(self, email: str, number: str) -> User | None:
        """Whom the two name. With both given they must name the same person; None otherwise."""
        found = [self.by_email.get(email)] if email else []
        found += [self.by_number.get(key_of(number))] if number else []
        return found[0] if found and all(each == found[0] for each in found) else None

    def why_none(self, email: str, number: str, where: str) -> str:
        """Why `find` finds nobody in `where`."""
        if email and email not in self.by_email:
            return f"There is no candidate with this address in {where}."
        if number and key_of(number) not in self.by_number:
            return f"There is no candidate with this number in {where}."
        return "The address and the candidate number belong to two different people."

    def people(self) -> list[User]:
        """All of them."""
        return [*self.by_email.values(), *self.by_number.values()]


@dataclass(slots=True)
class Judge:
    """Judges the rows of one upload, in their order; remembers pictures, so that nobody shares one."""

    institution: Institution
    sitting: Sitting | None
    rows: Iterable[PhotoRow]
    _candidates: Candidates = field(init=False)
    _photos: dict[int, str] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)
    _of_person: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = [(row.email, row.number) for row in self.rows]
        self._candidates = candidates_at(self.institution, self.sitting, named)
        rows = OfficerPhoto.objects.filter(
            institution=self.institution, candidate__in=self._candidates.people()
        )
        self._photos = dict(rows.values_list("candidate", "photo_sha256"))

    def verdict(self, row: PhotoRow, package: Package) -> Verdict:
        """What would become of the row. Raises what `problem_of` raises, and Unavailable."""
        if row.problem:
            return Verdict(row, Outcome.REFUSED, row.problem)
        candidate = self._candidates.find(row.email, row.number)
        if candidate is None:
            where = "this sitting" if self.sitting else self.institution.name
            return Verdict(row, Outcome.REFUSED, self._candidates.why_none(row.email, row.number, where))
        earlier = self._of_person.setdefault(candidate.pk, row.line)
        if earlier != row.line:
            said = f"Row {earlier} has a photo for this candidate already."
            return Verdict(row, Outcome.REFUSED, said, candidate.pk)
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
    institution: Institution, sitting: Sitting | None, named: Sequence[tuple[str, str]]
) -> Candidates:
    """The candidates of a sitting, or of the institution, with these addresses and numbers (either may be
    ""). Numbers are those of this institution only."""
    holders = holders_of(institution, [number for _, number in named])
    numbers = {key: each.user_id for key, each in holders.items()}
    emails = {email for email, _ in named if email}
    people = User.objects.filter(Q(email__in=emails) | Q(pk__in=numbers.values()))
    if sitting is not None:
        enrolled = Enrolment.objects.filter(sitting=sitting, withdrawn_at=None)
        people = people.filter(pk__in=enrolled.order_by().values("candidate"))
    else:
        members = Membership.objects.filter(institution=institution, role=Role.CANDIDATE, ended_at=None)
        people = people.filter(pk__in=members.order_by().values("user"))
    found = {each.pk: each for each in people}
    return Candidates(
        {each.email: each for each in found.values()},
        {key: found[person] for key, person in numbers.items() if person in found},
    )


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
