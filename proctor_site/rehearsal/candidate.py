"""One made-up candidate: speaks HTTP and a socket like the exam page, and comes back by itself."""

import asyncio
import itertools
import random
import re
import time
from http import HTTPStatus
from typing import Any

import httpx

from proctor_site.kernel import clock
from proctor_site.rehearsal.camera_line import CameraLine
from proctor_site.rehearsal.log import Change, Log
from proctor_site.rehearsal.pictures import Media
from proctor_site.rehearsal.plan import DEVICE, Candidate, End, Plan, Stage

TIMEOUT_S = 30.0
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 8.0
"""Between two tries; the exam page waits as long."""
HAND_IN_FOR_S = 180.0
_CSRF = "x" * 32
_ITEM = re.compile(r'data-item="(\d+)"')
_PASSING = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE} | {
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.GATEWAY_TIMEOUT,
}
"""Answers after which the page tries again."""


class GaveUp(Exception):
    """The candidate cannot go on; the message says at what and why."""


class RehearsingCandidate:
    """`check_in`, `sit`, `hand_in`, in this order. Each raises GaveUp when the server refuses for good."""

    def __init__(self, stage: Stage, plan: Plan, who: Candidate, media: Media, log: Log) -> None:
        self.stage, self.plan, self.who, self.media, self.log = stage, plan, who, media, log
        self.attempt = 0
        self.items: list[int] = []
        self.numbers = itertools.count(1)
        self.random = random.Random(who.place)
        self.http = self._client()

    async def close(self) -> None:
        """Closes what is open."""
        await self.http.aclose()

    async def check_in(self) -> None:
        """Opens the attempt, agrees to everything, takes the photo, and is let in."""
        began = time.perf_counter()
        page = await self._ask("POST", f"/i/{self.stage.slug}/enrolments/{self.who.enrolment}/", json=None)
        found = re.search(r"/attempts/(\d+)/", page.headers.get("Location", ""))
        if found is None:
            raise GaveUp(f"the attempt could not be opened ({page.status_code}); {self._where(page)}")
        self.attempt = int(found[1])
        self.log.attempts[self.who.place] = self.attempt
        self.log.acknowledged[self.attempt] = []
        await self._ask("GET", f"/i/{self.stage.slug}/attempts/{self.attempt}/check-in/")
        notice = (await self._ask("GET", self._api("consent/"))).json()
        choice = {"camera": True, "face_comparison": True, "microphone": True, "voice_comparison": False}
        choice |= {"notice": notice["notice"]["version"], "screen": False}
        await self._ask("POST", self._api("consent/"), json=choice)
        photo = self.media.alone[0]
        judged = await self._ask("POST", self._api("reference-photo/"), content=photo)
        if not judged.json()["ok"]:
            raise GaveUp(f"the reference photo was refused: {judged.json()['problems'][0]['code']}")
        self.log.bytes_up += len(photo)
        await self._ask("POST", self._api("check-in/complete/"))
        self.log.checked_in_s.append(time.perf_counter() - began)

    async def sit(self, end: End) -> None:
        """Starts, answers, is seen and heard, until the end."""
        await asyncio.sleep(self.random.random() * self.plan.starts_within)
        began = time.perf_counter()
        await self._ask("POST", self._api("start/"), json={"device": DEVICE})
        await self._open_page()
        self.log.first_question_s.append(time.perf_counter() - began)
        if self.plan.breaks_down(self.who.place):
            moment = began + self.plan.breaks_down_after(self.who.place)
            if moment + self.plan.gone_for < end.at:
                await self._at_work(began, End(moment))
                await asyncio.sleep(self.plan.gone_for)
                await self._come_back()
        await self._at_work(began, end)

    async def hand_in(self) -> None:
        """Hands in, as often as it takes."""
        over = time.perf_counter() + HAND_IN_FOR_S
        await self._ask("POST", self._api("submit/"), json={"device": DEVICE}, until=over)
        self.log.handed_in.add(self.attempt)

    async def _at_work(self, began: float, end: End) -> None:
        camera = CameraLine(self.stage, self.plan, self.who, self.attempt, self.media, self.log)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(camera.keep_up(began, end))
            tasks.create_task(self._write(end))

    async def _write(self, end: End) -> None:
        every = self.plan.save_every
        due = time.perf_counter() + self.random.random() * every
        while due < end.at:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if end.left() > 0:
                await self._save(end)
            due = max(due + every, time.perf_counter())

    async def _save(self, end: End) -> None:
        """Sends one change under its number until it is acknowledged, as the page does."""
        number = next(self.numbers)
        item = self.items[number % len(self.items)]
        value = f"answer {number} of candidate {self.who.place}, " + "word " * (5 + number % 30)
        change = {"client_sequence": number, "item": item, "value": value}
        change["client_at"] = clock.now().isoformat()
        began = time.perf_counter()
        body = {"device": DEVICE, "changes": [change]}
        over = max(end.at, began) + HAND_IN_FOR_S
        answer = (await self._ask("POST", self._api("answers/"), json=body, until=over)).json()
        if number not in answer["accepted"]:
            self.log.errors[f"answer refused: {answer['refused']}"[:120]] += 1
            return
        self.log.saved_s.append(time.perf_counter() - began)
        self.log.acknowledged[self.attempt].append(Change(number, item, value))

    async def _come_back(self) -> None:
        """A new page of the same browser: its answers must be there."""
        await self.http.aclose()
        self.http = self._client()
        await self._open_page()
        paper = (await self._ask("GET", self._api("paper/"))).json()
        shown = {item["id"]: item["answer"] for part in paper["sections"] for item in part["items"]}
        newest = {each.item: each.value for each in self.log.acknowledged[self.attempt]}
        self.log.answers_missing_on_return += sum(shown.get(item) != value for item, value in newest.items())
        self.log.came_back += 1

    async def _open_page(self) -> None:
        page = await self._ask("GET", f"/i/{self.stage.slug}/attempts/{self.attempt}/exam/")
        self.items = [int(each) for each in dict.fromkeys(_ITEM.findall(page.text))]
        if not self.items:
            raise GaveUp(f"the exam page shows no question ({page.status_code}); {self._where(page)}")

    async def _ask(
        self, method: str, path: str, *, until: float | None = None, **sent: Any
    ) -> httpx.Response:
        """The answer, with tries again while the server is away or busy. Raises GaveUp."""
        wait = FIRST_WAIT_S
        over = until or time.perf_counter() + HAND_IN_FOR_S
        if "content" in sent:
            sent["headers"] = {"Content-Type": "image/jpeg"}
        while True:
            try:
                answer = await self.http.request(method, path, **sent)
                self.log.bytes_up += len(answer.request.content)
            except httpx.TransportError as error:
                reason = f"{path.rsplit('/', 2)[-2]}: {type(error).__name__}"
            else:
                if answer.status_code < HTTPStatus.BAD_REQUEST:
                    return answer
                reason = f"{path.rsplit('/', 2)[-2]}: {answer.status_code} {_code(answer)}".rstrip()
                if answer.status_code not in _PASSING:
                    raise GaveUp(reason)
            self.log.errors[reason] += 1
            if path.endswith("/answers/"):
                self.log.repeated_saves += 1
            if time.perf_counter() + wait > over:
                raise GaveUp(reason)
            await asyncio.sleep(wait * (0.75 + 0.5 * self.random.random()))
            wait = min(2 * wait, LONGEST_WAIT_S)

    def _api(self, name: str) -> str:
        return f"/api/v1/attempts/{self.attempt}/{name}"

    def _where(self, answer: httpx.Response) -> str:
        return f"it leads to {answer.headers['Location']}" if "Location" in answer.headers else "no redirect"

    def _client(self) -> httpx.AsyncClient:
        address = self.stage.address
        return httpx.AsyncClient(
            base_url=address,
            cookies={self.stage.session_cookie: self.who.cookie, self.stage.csrf_cookie: _CSRF},
            headers={"X-CSRFToken": _CSRF, "Referer": f"{address}/", "Origin": address},
            timeout=TIMEOUT_S,
            limits=httpx.Limits(max_connections=4),
        )


def _code(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except ValueError:
        return ""
    return str(said.get("code", "")) if isinstance(said, dict) else ""
