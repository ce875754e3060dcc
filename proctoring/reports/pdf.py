"""Writes the PDF of a report in a process of its own: its memory and its seconds are nobody else's.

The result is tagged as PDF/UA-1 asks, so that screen readers get headings, tables and words for pictures.
WeasyPrint is loaded in that process only; it fetches nothing: pictures are handed over, anything else is
refused.
"""

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

from proctor_site.kernel.errors import Unavailable

PICTURE_SCHEME = "evidence:"
LONGEST_S = 600.0
_DPI, _JPEG_QUALITY = 150, 82
"""Pictures are made as fine as paper shows them; the evidence itself stays in the store."""
_BEAT_S = 5.0


def picture_address(item: int) -> str:
    """How the HTML of a report names a picture that is handed over."""
    return f"{PICTURE_SCHEME}{item}"


def write_apart(
    html: str, css: str, pictures: Mapping[int, bytes], *, beat: Callable[[], None]
) -> tuple[bytes, int]:
    """The PDF and its number of pages, from another process; `beat` is called while it works.

    Raises Unavailable when that process ends or takes too long: what is missing is named in words.
    """
    until = time.monotonic() + LONGEST_S
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_be_modest) as pool:
        future = pool.submit(write, html, css, dict(pictures))
        while True:
            try:
                return future.result(timeout=_BEAT_S)
            except NotYet:
                beat()
                if time.monotonic() > until:
                    _end(pool)
                    raise Unavailable("The PDF took too long; ask again when less is going on.") from None
            except (BrokenProcessPool, OSError) as error:
                raise Unavailable(
                    "PDFs cannot be written on this server; its operator finds why with manage.py check."
                ) from error


def _end(pool: ProcessPoolExecutor) -> None:
    for process in list((pool._processes or {}).values()):
        process.kill()


def _be_modest() -> None:
    """Whoever takes an exam comes first."""
    os.nice(10)


def write(html: str, css: str, pictures: Mapping[int, bytes]) -> tuple[bytes, int]:
    """The PDF and its number of pages. Raises OSError when a library of the system is missing."""
    from weasyprint import CSS, HTML  # 0.8 s and 50 MB: only where a PDF is written
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnPictures(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            data = pictures.get(_number_in(url))
            if data is None:
                raise ValueError("a report loads nothing but its own pictures")
            return URLFetcherResponse(url, data, {"Content-Type": _type_of(data)})

    fetch = OwnPictures()
    page = HTML(string=html, url_fetcher=fetch, media_type="print")
    document = page.render(
        stylesheets=[CSS(string=css, url_fetcher=fetch)], dpi=_DPI, jpeg_quality=_JPEG_QUALITY
    )
    written = document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True, dpi=_DPI, jpeg_quality=_JPEG_QUALITY)
    return written, len(document.pages)


def _number_in(url: str) -> int:
    number = url.removeprefix(PICTURE_SCHEME)
    return int(number) if url.startswith(PICTURE_SCHEME) and number.isascii() and number.isdigit() else -1


def _type_of(data: bytes) -> str:
    if data.startswith(b"\x89PNG"):
        return "image/png"
    return "image/webp" if data[:4] == b"RIFF" else "image/jpeg"
