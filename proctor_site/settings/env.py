"""Typed readers of environment variables; every PROCTOR_* name the project knows is read through them."""

import os
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
KNOWN_NAMES: set[str] = set()
"""Names read so far; `unknown_names` compares the environment against it (system check proctor.E001)."""

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    """Value of `name`, or `default` when it is unset or empty."""
    KNOWN_NAMES.add(name)
    return os.environ.get(name, "").strip() or default


def text_or_none(name: str, default: str) -> str:
    """As `text`; the word "none" gives "", for what has a default and may be left out."""
    value = text(name, default)
    return "" if value.lower() == "none" else value


def secret(name: str) -> str:
    """Value of `name`, or the content of the file that `name`_FILE points at, or "" when neither is set."""
    file_name = text(f"{name}_FILE")
    if not file_name:
        return text(name)
    KNOWN_NAMES.add(name)
    try:
        return Path(file_name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE points at {file_name}, which cannot be read: {error}"
        ) from error


def flag(name: str, *, default: bool) -> bool:
    """A switch: 1/true/yes/on or 0/false/no/off; anything else is refused, never guessed."""
    value = text(name).lower()
    if not value:
        return default
    if value in _TRUE or value in _FALSE:
        return value in _TRUE
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}")


def integer(name: str, default: int, *, least: int = 0) -> int:
    """A whole number of at least `least`."""
    value = text(name)
    if not value:
        return default
    try:
        number = int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}") from error
    if number < least:
        raise ImproperlyConfigured(f"{name} must be at least {least}, not {number}")
    return number


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """One of `allowed`."""
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    return value


def names(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty parts."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def folder(name: str, default: Path) -> Path:
    """A path, made absolute against the project root."""
    value = text(name)
    return (BASE_DIR / value).resolve() if value else default


def unknown_names(environment: Mapping[str, str] | None = None) -> list[str]:
    """PROCTOR_* names that are set but that nothing reads: a typing mistake must not pass silently."""
    present = os.environ if environment is None else environment
    return sorted(name for name in present if name.startswith("PROCTOR_") and name not in KNOWN_NAMES)
