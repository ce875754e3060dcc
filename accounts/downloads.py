"""Files that are sent piece by piece, so that their length costs no memory."""

from collections.abc import AsyncIterator, Iterator
from typing import IO

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

_PIECE = 65_536


def download(request: HttpRequest, file: IO[bytes], *, name: str, content_type: str) -> HttpResponseBase:
    """The open file as a download called `name`; it is closed once it was sent, or the reader went away."""
    pieces = _PiecesUnderAsgi if isinstance(request, ASGIRequest) else _Pieces
    response = StreamingHttpResponse(pieces(file), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


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
