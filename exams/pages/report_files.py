"""Downloads of reports: a sitting's results, answers or statistics as a file."""

from collections.abc import AsyncIterator, Iterator
from typing import IO, TypeVar

from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.pages.guards import person_of, require_right
from exams.reports.exports import NAMELESS, What, export
from exams.scheduling.queries import counted_sittings
from exams.tables import Format
from proctor_site.kernel.errors import InvalidInput

_PIECE = 65_536
Choice = TypeVar("Choice", What, Format)


@never_cache
@require_safe
@require_right("exams.view_statistics")
def export_sitting(request: HttpRequest, slug: str, sitting_id: int) -> HttpResponseBase:
    """The table `what` in the form `as` as a file; what has names in it is for the office only."""
    sitting = (
        counted_sittings().select_related("exam__institution", "institution").filter(pk=sitting_id).first()
    )
    if sitting is None:
        raise Http404("There is no such sitting.")
    what = _chosen(What, request.GET.get("what", What.RESULTS), "what")
    form = _chosen(Format, request.GET.get("as", Format.CSV_FOR_SPREADSHEETS), "as")
    if what not in NAMELESS and not request.user.has_perm("exams.export_results"):
        raise PermissionDenied("Only the exam office may take results with names out of the system.")
    made = export(sitting, what, form, actor=person_of(request))
    pieces = _PiecesUnderAsgi if isinstance(request, ASGIRequest) else _Pieces
    response = StreamingHttpResponse(pieces(made.file), content_type=made.content_type)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _chosen(choices: type[Choice], given: str, field: str) -> Choice:
    try:
        return choices(given)
    except ValueError as error:
        known = ", ".join(each.value for each in choices)
        raise InvalidInput(f"There is no '{given[:40]}'; there are: {known}.", field=field) from error


class _Pieces:
    """A file piece by piece. The response closes it, also when the reader goes away before the first one."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.close = file, file.close

    def __iter__(self) -> Iterator[bytes]:
        with self._file:
            while piece := self._file.read(_PIECE):
                yield piece


class _PiecesUnderAsgi:
    """The same without blocking; Django would read a plain iterator to its end before it sends anything."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.close = file, file.close

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with self._file:
            while piece := await sync_to_async(self._file.read)(_PIECE):
                yield piece
