"""The rehearsal itself: everybody checks in, starts within seconds, works, and hands in."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx

from proctor_site.kernel.errors import Unavailable
from proctor_site.rehearsal.candidate import GaveUp, RehearsingCandidate
from proctor_site.rehearsal.log import Log
from proctor_site.rehearsal.pictures import media
from proctor_site.rehearsal.plan import End, Plan, Stage
from proctor_site.rehearsal.proctor import watch

Tell = Callable[[str], None]
CHECK_IN, EXAM, HAND_IN = "check-in", "exam", "hand-in"
SETTLE_S = 3.0
"""After the last answer, until what is on its way has arrived."""


async def require_server(address: str, cookie_name: str, cookie: str) -> None:
    """Raises Unavailable when nobody answers there, or one who does not know the made-up people."""
    async with httpx.AsyncClient(base_url=address, cookies={cookie_name: cookie}, timeout=20) as client:
        try:
            ready = await client.get("/health/ready/")
            home = await client.get("/")
        except httpx.TransportError as error:
            raise Unavailable(f"Nobody answers at {address} ({type(error).__name__}).") from error
    if ready.status_code != httpx.codes.OK:
        raise Unavailable(f"{address}/health/ready/ answers {ready.status_code}: {ready.text[:200]}")
    if "Hello Rehearsing" not in home.text:
        raise Unavailable(
            f"The server at {address} does not know the made-up people: it must use the same database, cache "
            "and secret key as this command."
        )


async def play(
    stage: Stage,
    plan: Plan,
    log: Log,
    *,
    tell: Tell,
    before_hand_in: Callable[[], None],
    end: End | None = None,
) -> None:
    """Plays it to the end. `before_hand_in` runs in a thread when all have stopped writing.

    `end`: to bring the end forward from another thread.
    """
    await require_server(stage.address, stage.session_cookie, stage.candidates[0].cookie)
    everybody = [
        RehearsingCandidate(stage, plan, who, media(plan.clip_seconds), log) for who in stage.candidates
    ]
    phase = [CHECK_IN]
    over = asyncio.Event()
    telling = asyncio.create_task(_tell_now_and_then(tell, log, phase, len(everybody)))
    watching: list[asyncio.Task[None]] = []
    try:
        turns = asyncio.Semaphore(plan.check_ins_at_once)
        await _all(everybody, log, lambda each: _in_turn(turns, each.check_in))
        watching = [asyncio.create_task(watch(stage, cookie, log, over)) for cookie in stage.proctors]
        await asyncio.sleep(1.0)
        phase[0] = EXAM
        over_at = end or End()
        over_at.at = min(over_at.at, time.perf_counter() + plan.starts_within + plan.seconds)
        await _all(everybody, log, lambda each: each.sit(over_at))
        await asyncio.sleep(SETTLE_S)
        phase[0] = HAND_IN
        await asyncio.to_thread(before_hand_in)
        await _all(everybody, log, lambda each: each.hand_in())
    finally:
        over.set()
        telling.cancel()
        await asyncio.gather(telling, *watching, return_exceptions=True)
        await asyncio.gather(*(each.close() for each in everybody), return_exceptions=True)
    tell(log.line(phase[0], len(everybody)))


async def _in_turn(turns: asyncio.Semaphore, work: Callable[[], Awaitable[None]]) -> None:
    async with turns:
        await work()


async def _all(
    everybody: list[RehearsingCandidate], log: Log, work: Callable[[RehearsingCandidate], Awaitable[None]]
) -> None:
    """One who cannot go on is noted and left out from then on; the others go on."""

    async def one(each: RehearsingCandidate) -> None:
        try:
            await work(each)
        except GaveUp as error:
            log.failed[each.who.place] = str(error)
        except ExceptionGroup as group:
            known = group.subgroup(GaveUp)
            if known is None:
                raise
            log.failed[each.who.place] = str(known.exceptions[0])

    await asyncio.gather(*(one(each) for each in everybody if each.who.place not in log.failed))


async def _tell_now_and_then(tell: Tell, log: Log, phase: list[str], of: int) -> None:
    while True:
        await asyncio.sleep(1.0)
        tell(log.line(phase[0], of))
