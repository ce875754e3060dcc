"""A twin of the exam page's journal (answer_journal.js), for faults that no browser can time."""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from exams.delivery.receipts import Receipt, verify_receipt
from proctor_site.kernel.errors import Refusal

BATCH = 50
_names = itertools.count(1)
Call = Callable[[str, str, list[dict[str, Any]]], Any]
"""Sends a batch: (call, device, changes) -> answer. Raises Lost (no answer came) or Refusal."""


class Lost(Exception):
    """No answer came; whether the server did the work is not known."""


@dataclass
class Browser:
    """One browser: what its tabs have stored outlives them. `is_full`: the storage takes nothing more."""

    stored: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    in_use: set[str] = field(default_factory=set)
    is_full: bool = False


@dataclass
class Told:
    """What the server has acknowledged to any page."""

    accepted: dict[tuple[str, int], Any] = field(default_factory=dict)
    kept: set[tuple[str, int]] = field(default_factory=set)
    receipts: list[Receipt] = field(default_factory=list)


class Page:
    """One tab. A number that may have been sent is never used for another value."""

    def __init__(self, browser: Browser, told: Told, now: datetime, *, device: str = "") -> None:
        self.browser, self.told = browser, told
        self.device = device or f"tab-{next(_names)}"
        self.skew = timedelta(0)
        browser.in_use.add(self.device)
        free = [
            change
            for (owner, _), change in browser.stored.items()
            if owner == self.device or owner not in browser.in_use
        ]
        self.queue = sorted(free, key=lambda each: each["client_sequence"])
        own = [number for owner, number in browser.stored if owner == self.device]
        by_time = int(now.timestamp() * 10) % 1_000_000_000
        self.sequence = max([by_time, *own])
        self.drafts: dict[int, dict[str, Any]] = {}

    def write(self, item: int, value: Any, now: datetime) -> None:
        """A change: to the storage first, where that has room."""
        change = self.drafts.get(item)
        if change is None:
            self.sequence += 1
            change = {"device": self.device, "client_sequence": self.sequence, "item": item}
            self.drafts[item] = change
            self.queue.append(change)
        change["value"], change["client_at"] = value, (now + self.skew).isoformat()
        if not self.browser.is_full:
            self.browser.stored[self.device, change["client_sequence"]] = change

    def reload(self, now: datetime) -> "Page":
        """The same tab, loaded again: what was only in memory and not acknowledged is gone."""
        fresh = Page(self.browser, self.told, now, device=self.device)
        fresh.skew = self.skew
        return fresh

    def close(self) -> None:
        """The tab is gone; another one may send what it has stored."""
        self.browser.in_use.discard(self.device)

    def flush(self, call: Call, name: str = "answers") -> bool:
        """Sends everything; True when nothing is left."""
        self.drafts.clear()
        try:
            for device in dict.fromkeys(change["device"] for change in self.queue):
                own = [change for change in self.queue if change["device"] == device]
                for at in range(0, len(own), BATCH):
                    self._send(call, name, device, own[at : at + BATCH])
        except (Lost, Refusal):
            return False
        return not self.queue

    def _send(self, call: Call, name: str, device: str, changes: list[dict[str, Any]]) -> None:
        random_order = random.Random(len(changes)).sample(changes, len(changes))
        sent = [{key: value for key, value in each.items() if key != "device"} for each in random_order]
        answer = call(name, device, sent)
        accepted = answer.accepted if name == "answers" else answer.counted
        kept = {} if name == "answers" else answer.kept
        self.told.receipts.append(verify_receipt(answer.receipt))
        refused = {each.client_sequence for each in answer.refused}
        for change in changes:
            key = (device, change["client_sequence"])
            if key[1] in accepted:
                self.told.accepted[key] = change["value"]
            elif key[1] in kept:
                self.told.kept.add(key)
            elif key[1] not in refused:
                continue
            self.browser.stored.pop(key, None)
            self.queue.remove(change)
