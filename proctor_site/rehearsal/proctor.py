"""A made-up proctor: holds the wall's socket open and notes when alerts arrive."""

import asyncio
import json
import time
from collections import Counter

import websockets

from proctor_site.rehearsal.camera_line import FIRST_RETRY_S, LONGEST_RETRY_S, LOST
from proctor_site.rehearsal.log import Log
from proctor_site.rehearsal.plan import KIND, Stage


async def watch(stage: Stage, cookie: str, log: Log, over: asyncio.Event) -> None:
    """Until `over`. After a lost line it asks for what it missed, as the page does."""
    heard: Counter[int] = Counter()
    log.heard.append(heard)
    known: set[int] = set()
    wait, last = FIRST_RETRY_S, None
    while not over.is_set():
        address = f"{stage.socket_address}/ws/i/{stage.slug}/sittings/{stage.sitting}/"
        headers = {"Cookie": f"{stage.session_cookie}={cookie}", "Origin": stage.address}
        try:
            async with websockets.connect(
                address if last is None else f"{address}?after={last}",
                additional_headers=headers,
                max_size=2**23,
                close_timeout=1.0,
                proxy=None,
            ) as socket:
                wait = FIRST_RETRY_S
                shown = [log.attempts[place] for place in sorted(log.attempts)[:100]]
                await socket.send(json.dumps({"type": "show", "attempts": shown}))
                while not over.is_set():
                    try:
                        text = await asyncio.wait_for(socket.recv(), 0.5)
                    except TimeoutError:
                        continue
                    last = _take(json.loads(text), last, known, heard, log)
        except LOST:
            log.errors["proctor's socket: lost"] += 1
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_RETRY_S)


def _take(
    said: dict[str, object], last: int | None, known: set[int], heard: Counter[int], log: Log
) -> int | None:
    """Notes one message; the newest event id. Ids may repeat after a lost line."""
    now = time.perf_counter()
    if said["type"] == "hello":
        return last if last is not None else int(str(said["last_event_id"]))
    events = said.get("events")
    for event in events if isinstance(events, list) else ():
        last = max(last or 0, event["id"])
        if event["id"] in known or event["kind"] != "incident.opened" or event["payload"]["kind"] != KIND:
            continue
        known.add(event["id"])
        heard[event["attempt"]] += 1
        log.told.setdefault(event["attempt"], now)
    return last
