"""One candidate's browser to which things happen: the model and the acts of test_faults_in_browser.py."""

import json
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.e2e.server import Server

WATCH = """
// The clock of this computer is wrong by as many hours as the test says.
const RealDate = Date;
const skew = () => (Number(localStorage.getItem("test-hours")) || 0) * 3600000;
window.Date = class extends RealDate {
  constructor(...parts) { parts.length ? super(...parts) : super(RealDate.now() + skew()); }
  static now() { return RealDate.now() + skew(); }
};
// A storage that takes nothing more.
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (...given) {
  const request = put.apply(this, given);
  if (localStorage.getItem("test-full")) this.transaction.abort();
  return request;
};
// Everything that the page is told about saved answers.
const realFetch = window.fetch;
window.fetch = async (url, init) => {
  const answer = await realFetch(url, init);
  if (!String(url).endsWith("/answers/") || init.keepalive || !answer.ok) return answer;
  const told = await answer.clone().json();
  window.sendAgain = () => realFetch(url, init);
  console.debug("told " + JSON.stringify({ sent: JSON.parse(init.body), told }));
  return answer;
};
"""
BACK_MS = 45_000
"""A page that was alone for some seconds asks again after at most 20 s and a quarter."""


@dataclass
class Told:
    """What the server has acknowledged to any page."""

    accepted: dict[tuple[str, int], Any] = field(default_factory=dict)
    receipts: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        if not message.text.startswith("told "):
            return
        heard = json.loads(message.text.removeprefix("told "))
        device, told = heard["sent"]["device"], heard["told"]
        for change in heard["sent"]["changes"]:
            if change["client_sequence"] in told["accepted"]:
                self.accepted[device, change["client_sequence"]] = change["value"]
        self.receipts.append(told["receipt"])


class FaultyBrowser:
    """The candidate's tabs. `written`: the newest value of each item; `page` holds the attempt."""

    def __init__(self, browser: Browser, server: Server, session: dict[str, str], seed: int) -> None:
        self.server, self.address = server, session["address"]
        self.source = random.Random(seed)
        self.context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 900})
        self.context.set_default_timeout(20_000)
        self.context.add_init_script(WATCH)
        self.context.add_cookies([{"name": session["cookie"], "value": session["key"], "url": server.url}])
        self.told = Told()
        self.problems: list[str] = []
        self.written: dict[int, Any] = {}
        self.counts: Counter[str] = Counter()
        self.number = 0
        self.page = self._tab()
        self.page.get_by_role("button", name="Start the exam").click()
        self._expect_questions()

    # what the candidate does

    def write(self, times: int = 2) -> None:
        """Changes answers to questions chosen at random."""
        for _ in range(times):
            self.number += 1
            places = self.page.locator("[data-goes-to]")
            places.nth(self.source.randrange(places.count())).click()
            question = self.page.locator(".question:visible")
            item = int(question.get_attribute("data-item") or 0)
            # Another one than before: the same again would be no change.
            options = question.locator("input[type=radio]:not(:checked)")
            if options.count():
                value = options.nth(self.source.randrange(options.count())).get_attribute("value") or ""
                question.locator(f"input[type=radio][value='{value}']").check()
                self.written[item] = _choice(value)
            elif question.locator("input[type=checkbox]:not([data-flag])").count():
                boxes = question.locator("input[type=checkbox]:not([data-flag])")
                boxes.nth(self.source.randrange(boxes.count())).click()
                ticked = boxes.evaluate_all("all => all.filter((e) => e.checked).map((e) => e.value)")
                self.written[item] = ticked or None
            else:
                is_number = question.locator("[data-number]").count() > 0
                text = str(self.number) if is_number else f"text {self.number}"
                question.locator("input[type=text]:not([data-unit]), textarea").first.fill(text)
                self.written[item] = text

    def is_saved(self) -> None:
        """The page says that everything is saved, and its clock is right."""
        expect(self.page.locator("#save-state")).to_have_attribute("data-status", "saved", timeout=BACK_MS)
        self.clock_is_right()

    def clock_is_right(self) -> None:
        """The time left that the page shows is the server's, to 2 s; news of a change may take 2 s to come.

        (Asked for a little longer here: the machine may be busy.)
        """
        for _ in range(16):
            shown = _seconds(self.page.locator("[data-clock]").inner_text())
            wrong = abs(shown - self._seconds_left())
            if wrong <= 2:
                return
            time.sleep(0.25)
        raise AssertionError(f"the clock of the page is wrong by {wrong:.1f} s")

    # what goes wrong

    def connection_cut(self) -> None:
        self.context.set_offline(True)
        self.write()
        self._is_offline("Saved on this computer")
        self.context.set_offline(False)

    def reloaded(self) -> None:
        self.write()
        self.page.reload()
        self._expect_questions()

    def tab_closed_without_connection(self) -> None:
        self.context.set_offline(True)
        self.write()
        self._is_offline("Saved on this computer")
        self.page.close()
        self.context.set_offline(False)
        self.page = self._tab()
        self._take_over()

    def second_tab(self) -> None:
        first = self.page
        self.write()
        self.page = self._tab()
        self._take_over()
        self.write()
        self.is_saved()
        # The first is told, and takes the exam back.
        expect(first.get_by_role("dialog", name="Your exam is open elsewhere")).to_be_visible()
        second, self.page = self.page, first
        self._take_over()
        second.close()

    def server_killed(self) -> None:
        self.write()
        self.server.kill()
        self.write()
        self._is_offline("Saved on this computer")
        self.server.start()

    def quota_used_up(self) -> None:
        """Chromium itself refuses. Only before anything is stored: it asks for the quota each 30 s."""
        control = self.context.new_cdp_session(self.page)
        control.send("Storage.overrideQuotaForOrigin", {"origin": self.server.url, "quotaSize": 1})
        self._write_without_room()
        control.send("Storage.overrideQuotaForOrigin", {"origin": self.server.url})
        self._write_with_room()
        control.detach()
        self.context.set_offline(False)

    def storage_full(self) -> None:
        self.page.evaluate("localStorage.setItem('test-full', 'yes')")
        self._write_without_room()
        self.page.evaluate("localStorage.removeItem('test-full')")
        self._write_with_room()
        # What was written while there was no room is kept by now as well: the tab may be closed.
        self.page.close()
        self.context.set_offline(False)
        self.page = self._tab()
        self._take_over()

    def clock_wrong(self) -> None:
        hours = self.source.choice([-30, -7, 3, 11])
        self.page.evaluate("hours => localStorage.setItem('test-hours', hours)", hours)
        self.write()

    def sent_twice(self) -> None:
        self.write()
        self.is_saved()
        again = "Promise.all([1, 2].map(() => window.sendAgain().then((answer) => answer.status)))"
        assert self.page.evaluate(again) == [200, 200]

    def hand_in_twice(self) -> None:
        """The button, and the same call twice again; nobody is told of an error."""
        self.page.get_by_role("button", name="Final check and submit").click()
        self.page.get_by_role("button", name="Hand in my exam").click()
        self.page.get_by_role("button", name="Yes, hand in now").dblclick()
        expect(self.page.get_by_role("heading", name="Your exam is handed in")).to_be_visible()

    # how

    def _tab(self) -> Page:
        page = self.context.new_page()
        page.on("console", self.told.hear)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.goto(self.address)
        return page

    def _expect_questions(self) -> None:
        expect(self.page.locator(".question:visible")).to_have_count(1)

    def _take_over(self) -> None:
        dialog = self.page.get_by_role("dialog", name="Your exam is open elsewhere")
        dialog.get_by_role("button", name="Continue here").click()
        expect(dialog).to_be_hidden()
        self._expect_questions()

    def _is_offline(self, words: str) -> None:
        state = self.page.locator("#save-state")
        expect(state).to_have_attribute("data-status", "offline")
        expect(state).to_contain_text(words)

    def _write_without_room(self) -> None:
        """With a connection it goes to the server as ever; without one the page says what that means."""
        self.write(1)
        expect(self.page.locator("#storage-notice")).to_be_visible()
        self.is_saved()
        self.context.set_offline(True)
        self.write()
        self._is_offline("Kept in this page only")

    def _write_with_room(self) -> None:
        self.write(1)
        expect(self.page.locator("#storage-notice")).to_be_hidden()
        self._is_offline("Saved on this computer")

    def _seconds_left(self) -> float:
        [row] = self.server.rows("SELECT deadline_at FROM exams_attempt ORDER BY id DESC LIMIT 1")
        due = datetime.fromisoformat(str(row["deadline_at"])).replace(tzinfo=UTC)
        return (due - datetime.now(UTC)).total_seconds()


def _choice(value: str) -> Any:
    return {"true": True, "false": False}.get(value, value)


def _seconds(shown: str) -> int:
    assert re.fullmatch(r"(\d+:)?\d\d:\d\d", shown), shown
    total = 0
    for part in shown.split(":"):
        total = 60 * total + int(part)
    return total
