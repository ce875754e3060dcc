"""Which browser tab holds an attempt, and the order in which tabs have held it (pure)."""

import re
from collections.abc import Sequence

from proctor_site.kernel.errors import InvalidInput

_DEVICE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def clean_device(value: object) -> str:
    """`value` as the id of a browser tab. Raises InvalidInput with field "device"."""
    if not isinstance(value, str) or not _DEVICE.fullmatch(value):
        raise InvalidInput(
            "The device must be named by 1 to 64 letters, digits, hyphens or underscores.", field="device"
        )
    return value


def turn_of(devices: Sequence[str], device: str) -> int | None:
    """Position of the device's last turn in the order of holders; None when it never held the attempt."""
    return max((turn for turn, each in enumerate(devices) if each == device), default=None)
