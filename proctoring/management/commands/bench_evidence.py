"""Measures what the encryption of evidence costs on this machine."""

import secrets
import statistics
import time
import uuid
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand

from proctoring.evidence import sealing

_SIZES = (("a picture of 100 kB", 100_000, 200), ("a film of 10 MB", 10_000_000, 10))


class Command(BaseCommand):
    """Prints medians; nothing is judged and nothing is stored."""

    help = "Prints how long it takes to encrypt and decrypt a picture, a film and a part of a film."

    def handle(self, *args: Any, **options: Any) -> None:
        key, label = secrets.token_bytes(32), uuid.uuid4()
        for words, size, times in _SIZES:
            data = secrets.token_bytes(size)
            raw = sealing.seal(key, label, "name", data)
            head = sealing.head_of(raw)
            assert head is not None
            piece, begin, end = head.span(size // 2, size // 2 + 1)
            part = raw[begin : end + 1]
            acts = {
                "encrypt": partial(sealing.seal, key, label, "name", data),
                "decrypt": partial(sealing.unseal, key, "name", raw),
                "decrypt one part": partial(sealing.unseal_pieces, key, head, "name", piece, part),
            }
            for act, work in acts.items():
                self.stdout.write(f"{words}, {act}: {_median_ms(work, times):.2f} ms")
            self.stdout.write(f"{words}: {len(raw) - size} bytes more in the store")


def _median_ms(work: Any, times: int) -> float:
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        found.append((time.perf_counter() - begin) * 1_000)
    return statistics.median(found)
