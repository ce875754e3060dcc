"""A mixin for admin pages that tie a person to an attempt: who may not know the person sees a stand-in."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import HttpRequest

from accounts.admin.keyset import KeysetChangeList
from accounts.masks import Words, as_written
from accounts.models import AuditEntry
from accounts.naming import Names, names_for
from accounts.tenancy import current_institution

if TYPE_CHECKING:
    from accounts.admin.tenant import TenantAdmin

    _Admin = TenantAdmin
else:
    _Admin = object

_READS = ("GET", "HEAD")


def names_of(request: HttpRequest) -> Names | None:
    """What the signed-in person may know here; None: they may know everybody's name."""
    here = current_institution()
    names = names_for(request.user, here) if here is not None else None
    return names if names is not None and names.hidden else None


class HidesNames(_Admin):
    """Mixin, before TenantAdmin: list, page, history, search and order of rows about people.

    The stand-in is put on rows in memory, and only where a page is read: what is written knows the person.
    """

    person_path = "candidate"
    """From a row to the person it is about."""
    person_columns: tuple[str, ...] = ("candidate",)
    """Columns that could be ordered by the name: an order tells it too."""
    person_texts: tuple[str, ...] = ()
    """Columns with what people wrote."""
    others: tuple[str, ...] = ()
    """Columns with people among whom the same person may be, such as who wrote a message."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            self.veil(request, row)
        return row

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The rows of the page have stand-ins."""
        found = super().get_changelist_instance(request)
        if request.method in _READS and names_of(request) is not None:
            rows = found.result_list
            if not isinstance(found, KeysetChangeList):  # that one has its page already
                found.result_list = rows = list(rows)
            for row in rows:
                self.veil(request, row)
        return found

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Without whom the person may not know: finding them by name would tell it."""
        if search_term or request.path.endswith("/autocomplete/"):
            queryset = self.named_only(request, queryset)
        return super().get_search_results(request, queryset, search_term)

    def named_only(self, request: HttpRequest, rows: Any) -> Any:
        """The rows about people whom the signed-in person may know."""
        names = names_of(request)
        return rows if names is None else rows.exclude(Q(**{f"{self.person_path}__in": list(names.hidden)}))

    def get_sortable_by(self, request: HttpRequest) -> Any:
        columns = super().get_sortable_by(request)
        if names_of(request) is None:
            return columns
        return [each for each in columns if each not in self.person_columns]

    def history_of(self, request: HttpRequest, obj: Any) -> list[AuditEntry]:
        """Entries with the stand-in: who did it, and in what was written."""
        entries, names = super().history_of(request, obj), names_of(request)
        if names is None:
            return entries
        words = self.words_about(request, obj)
        for entry in entries:
            names.veil(entry, "actor")
            entry.detail = _masked(entry.detail, words)
        return entries

    def words_about(self, request: HttpRequest, row: Any) -> Words:
        """Takes the name of whom the row is about out of texts, where it is hidden."""
        names = names_of(request)
        return as_written if names is None else names.words_about(self._person_of(row))

    def _person_of(self, row: Any) -> Any:
        """The person as they are, also where the row in hand has a stand-in."""
        rows = type(row)._default_manager.filter(pk=row.pk).select_related(self.person_path)
        found: Any = rows.first()
        for step in self.person_path.split("__"):
            found = getattr(found, step, None)
        return found

    def veil(self, request: HttpRequest, row: Any) -> None:
        """Puts stand-ins on a row that is only shown."""
        names = names_of(request)
        if names is not None and request.method in _READS:
            names.veil(row, self.person_path, self.person_texts)
            for path in self.others:
                names.veil(row, path)


def _masked(value: Any, words: Words) -> Any:
    """The same JSON value with every text in it in those words."""
    if isinstance(value, dict):
        return {name: _masked(each, words) for name, each in value.items()}
    if isinstance(value, list):
        return [_masked(each, words) for each in value]
    return words(value) if isinstance(value, str) else value
