"""Recordings over the candidate's socket: one under way at a time, beside everything else."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from accounts.tenancy import within
from exams.models import Attempt
from proctor_site.kernel.errors import InvalidInput, Refusal
from proctoring import sessions
from proctoring.analysis.sound_pool import RETRY_AFTER_MS
from proctoring.consumers.clip_message import ClipMessage, read_clip
from proctoring.consumers.threads import NoThreadFree, clips
from proctoring.ingest.clips import ClipAnswer, accept_clip
from proctoring.live import messages

log = logging.getLogger(__name__)

IN_FLIGHT_MS = 1_000
_under_way: "set[asyncio.Task[None]]" = set()
"""Also those whose socket has closed meanwhile: what was sent is heard to the end, like a request's."""


class ClipLine:
    """`send`: tells the page something, unless it is gone. Refusals carry `clip_sequence`, because the
    `sequence` of an error is a frame's."""

    def __init__(self, attempt: Attempt, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self.attempt, self.send = attempt, send
        self.task: asyncio.Task[None] | None = None

    async def take(self, data: bytes) -> None:
        """Begins to listen to the recording in a message, and returns at once. Raises InvalidInput."""
        clip = read_clip(data)
        most = settings.CLIP_MAX_BYTES
        if len(clip.recording) > most:
            await self._refuse(clip, "too_large", f"At most {most} bytes are accepted.", field="clip")
        elif self.task is not None and not self.task.done():
            await self._wait_for(clip, "clip_in_flight", "Another recording is under way.", IN_FLIGHT_MS)
        else:
            self.task = asyncio.create_task(self._handle(clip))
            _under_way.add(self.task)
            self.task.add_done_callback(_under_way.discard)

    async def _handle(self, clip: ClipMessage) -> None:
        try:
            answer = await clips.run(self._accept, clip)
        except Refusal as refusal:
            more = dict(refusal.details) | ({} if refusal.field is None else {"field": refusal.field})
            await self._refuse(clip, refusal.code, refusal.message, **more)
        except NoThreadFree:
            busy = "Recordings are coming faster than they can be heard."
            await self._wait_for(clip, "overloaded", busy, RETRY_AFTER_MS)
        except Exception:
            log.exception("attempt %s: a recording could not be handled", self.attempt.pk)
            await self._refuse(clip, "server_error", "This recording was lost by a fault of ours.")
        else:
            await self.send(answer.to_json())

    def _accept(self, clip: ClipMessage) -> ClipAnswer:
        with within(self.attempt.institution):
            # Read anew: a recording may come after the end, or after a choice was changed on another page.
            session = sessions.session_of(self.attempt)
            if session is None:
                raise InvalidInput("Nothing is taken before the candidate agrees.", code="consent_missing")
            return accept_clip(session, clip.recording, sequence=clip.sequence, captured_at=clip.captured_at)

    async def _wait_for(self, clip: ClipMessage, code: str, detail: str, wait_ms: int) -> None:
        """The page keeps its copy and sends it again."""
        await self._refuse(clip, code, detail, retry_after_ms=wait_ms)

    async def _refuse(self, clip: ClipMessage, code: str, detail: str, **more: Any) -> None:
        await self.send(messages.error(code, detail, clip_sequence=clip.sequence, **more))
