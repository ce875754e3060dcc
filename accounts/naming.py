"""Whom pages name: packages above may keep a person nameless for one viewer, as for who judges them blind.

`hides_names` registers a rule; every page that ties a person to an attempt asks here. Registers of people
(members, users, groups, meetings) do not: they lead to no attempt.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from accounts.masks import Words, as_written, hiding
from accounts.models import Institution, Membership, User
from proctor_site.kernel.errors import NotAllowed

Rule = Callable[[Any, Institution], Mapping[int, str]]
"""From viewer and institution: the people without a name for them, by number, with what stands instead."""
_RULES: list[Rule] = []
_CACHE = "_names_by_institution"


def hides_names(rule: Rule) -> Rule:
    """Registers a rule; it is asked once for each viewer object, that is once a request."""
    _RULES.append(rule)
    return rule


class Names:
    """How one viewer is told who people are."""

    def __init__(self, institution: Institution, hidden: Mapping[int, str]) -> None:
        self.institution, self.hidden = institution, hidden

    def hides(self, person: User | None) -> bool:
        """Whether the person has no name for the viewer."""
        return person is not None and person.pk in self.hidden

    def of(self, person: User | None, nobody: str = "") -> str:
        """The name, or what stands instead; `nobody` where there is no person."""
        return nobody if person is None else self.hidden.get(person.pk) or str(person)

    def words_about(self, person: User | None) -> Words:
        """Takes name, address and number of a hidden person out of what people wrote."""
        if person is None or person.pk not in self.hidden:
            return as_written
        return hiding(person.name, person.email, self.hidden[person.pk], self._numbers.get(person.pk, ""))

    def veil(self, row: Any, path: str, texts: Iterable[str] = ()) -> None:
        """Puts a stand-in without a name at the end of `path` ("enrolment__candidate"), in memory only.

        Also takes the name out of these text columns of the row. Not for rows that are then written.
        """
        way, _, last = path.rpartition("__")
        holder = _at(row, way)
        person = getattr(holder, last, None)
        if not isinstance(person, User) or person.pk not in self.hidden:
            return
        words = self.words_about(person)
        for name in texts:
            setattr(row, name, words(getattr(row, name)))
        setattr(holder, last, _stand_in(person, self.hidden[person.pk]))

    def veil_all(self, rows: Iterable[Any], path: str) -> list[Any]:
        """The rows with stand-ins, and those last: a place among names tells the name too."""
        found = list(rows)
        if not self.hidden:
            return found
        for row in found:
            self.veil(row, path)
        return sorted(found, key=lambda row: self.hides(_at(row, path)))

    def require(self, people: Iterable[int], what: str) -> None:
        """Refuses to make `what` ("This file") for who may not know one of these people by name.

        Raises NotAllowed (code "reads_blind").
        """
        if self.hidden and not self.hidden.keys().isdisjoint(people):
            raise NotAllowed(
                f"{what} names a person whose case you are reading without names. "
                "Give your reading, or hand the case back, first.",
                code="reads_blind",
            )

    @cached_property
    def _numbers(self) -> dict[int, str]:
        rows = Membership.objects.with_scopes_disabled().filter(
            institution=self.institution, user__in=list(self.hidden)
        )
        return dict(rows.exclude(external_id="").order_by().values_list("user", "external_id"))


def names_for(viewer: Any, institution: Institution) -> Names:
    """What the viewer may know in the institution; read once for each viewer object."""
    if not getattr(viewer, "is_authenticated", False):
        return Names(institution, {})
    known: dict[int, Names] = viewer.__dict__.setdefault(_CACHE, {})
    if institution.pk not in known:
        hidden: dict[int, str] = {}
        for rule in _RULES:
            hidden |= rule(viewer, institution)
        known[institution.pk] = Names(institution, hidden)
    return known[institution.pk]


def number_of(person: User, institution: Institution) -> str:
    """By which number the institution knows the person as a candidate; "": by none."""
    rows = Membership.objects.with_scopes_disabled().filter(institution=institution, user=person)
    return rows.exclude(external_id="").values_list("external_id", flat=True).first() or ""


def _at(row: Any, path: str) -> Any:
    for step in filter(None, path.split("__")):
        row = getattr(row, step, None)
    return row


def _stand_in(person: User, name: str) -> User:
    """A person in memory with this name and nothing else; saving it does nothing but fail."""
    made = User(pk=person.pk, name=name, email="")

    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise TypeError("a stand-in for a person is only shown")

    made.save = refuse  # type: ignore[method-assign]
    return made
