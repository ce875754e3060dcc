"""Reads a JSON body of limited size."""

import json
from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from proctor_site.kernel.errors import TooLarge

MOST_BYTES = 1_048_576


class LimitedJSONParser(BaseParser):
    """JSON objects of at most MOST_BYTES; larger ones are refused before they are read into memory."""

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The object in the body. Raises TooLarge, ParseError."""
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise TooLarge(f"The request is larger than {MOST_BYTES} bytes; send less at a time.")
        try:
            value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            # RecursionError: thousands of nested brackets.
            raise ParseError("The body is not valid JSON.") from error
        if not isinstance(value, dict):
            raise ParseError("The body must be a JSON object.")
        return value


class WholeSignsJSONParser(LimitedJSONParser):
    """The same, without halves of pairs of signs, which JSON can write and no database or answer can hold.

    Not for answers of candidates, where one bad change must not lose the others.
    """

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The object in the body. Raises TooLarge, ParseError."""
        value = super().parse(stream, media_type, parser_context)
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise ParseError("The body holds a sign that is incomplete (half of a \\u pair).") from error
        return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
