"""Which bytes of a file a request asks for (RFC 9110); pure."""

import re

_RANGE = re.compile(r"bytes=(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})")


def wanted_bytes(header: str, size: int) -> tuple[int, int, int]:
    """First and last byte, and the status; a header that is no single range is passed over."""
    found = _RANGE.fullmatch(header.replace(" ", ""))
    if not found or not (found["first"] or found["last"]):
        return 0, size - 1, 200
    if not found["first"]:
        wanted = int(found["last"])
        return (max(0, size - wanted), size - 1, 206) if wanted else (0, 0, 416)
    first = int(found["first"])
    last = min(int(found["last"]), size - 1) if found["last"] else size - 1
    if first >= size or (found["last"] and int(found["last"]) < first):
        return 0, 0, 416
    return first, last, 206
