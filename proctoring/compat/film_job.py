"""The job that looks at a film: its session begins as long ago as the film is long, and ends now."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts import uploads
from accounts.jobs.kinds import Progress, job_kind
from accounts.models import Job
from accounts.webhooks import posting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput, NotAllowed, Overloaded, Refusal
from proctoring import compat_keys
from proctoring.compat import sessions
from proctoring.compat.calls import Call
from proctoring.compat.films import KIND
from proctoring.ingest.clips import accept_clip
from proctoring.ingest.services import accept_frame
from proctoring.models import CompatKey, MonitoringSession
from proctoring.outside import queries, services
from proctoring.states import SESSION_LIVE
from proctoring.vision.films import FilmError, FilmLimits, Piece, pieces_of

_LEAST_S = 1.0
_TRIES_OF_A_PICTURE = 20
"""Live frames come first: a picture of a film that found no worker is offered again."""


@job_kind(KIND, tries=2)
def look_at_film(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Looks at the film of the job and ends its session. An earlier try that was cut short is not repeated:
    half of its incidents are there already."""
    wanted = job.arguments
    try:
        key = CompatKey.objects.select_related("institution", "account", "sitting__exam").get(
            pk=wanted["key"]
        )
        if key.revoked_at is not None:
            raise NotAllowed("The compat key was revoked meanwhile.", code="key_revoked")
        earlier = queries.newest_of(job.institution, wanted["session"])
        if earlier is not None:
            if earlier.session.state == SESSION_LIVE:
                services.end(earlier.session, actor=key.account)
            raise InvalidInput("Looking at the film was interrupted; send it again.", code="interrupted")
        head, _, film = uploads.read(wanted["upload"]).partition(b"\n")
        told = json.loads(head)
        film = film or _fetched(told["url"])
        return _Look(job, progress, Call(key, HttpRequest()), told).at(film)
    except FilmError as error:
        raise InvalidInput(f"The film cannot be used: {error.message}.", code=error.code) from error
    finally:
        uploads.delete(wanted["upload"])


class _Look:
    """One film on its way through the services."""

    def __init__(self, job: Job, progress: Progress, call: Call, told: Mapping[str, Any]) -> None:
        self.job, self.progress, self.call, self.told = job, progress, call, told
        self.session: MonitoringSession | None = None
        self.began = clock.now()
        self.pictures = self.analysed = self.sounds = 0
        self.length = self.sound_s = 0.0

    def at(self, data: bytes) -> dict[str, Any]:
        """What was looked at. Raises FilmError; what was found until then stands, and the session ends."""
        limits = FilmLimits(max_seconds=settings.COMPAT_FILM_MAX_MINUTES * 60)
        pieces = pieces_of(
            data,
            every_frames=self.job.arguments["interval"],
            with_sound=self.call.key.sound,
            limits=limits,
        )
        try:
            for piece in pieces:
                if isinstance(piece, float):
                    self.length = piece
                    continue
                session = self._session()
                self.length = max(self.length, piece.at)
                self._hear(session, piece) if piece.is_sound else self._see(session, piece)
                done = round(piece.at)
                self.progress.tell(done, max(done, round(self.length)))
        finally:
            pieces.close()  # type: ignore[attr-defined]  # a generator: ends its process
            self._end()
        if self.session is None:
            raise FilmError("no_picture", "the film has no pictures")
        return {
            "seconds": round(self.length, 1),
            "pictures": self.pictures,
            "pictures_analysed": self.analysed,
            "sound_seconds": round(self.sound_s, 1),
        }

    def _session(self) -> MonitoringSession:
        """Begun with the first picture, so that what is no film leaves nothing behind."""
        if self.session is None:
            sitting = compat_keys.open_sitting(self.call.key)
            begin = clock.now() - timedelta(seconds=max(self.length, _LEAST_S))
            self.began = max(begin, sitting.opens_at)
            number, name = self.told["candidate"]
            with clock.at(self.began):
                self.session = sessions.begin(
                    self.call,
                    self.job.arguments["session"],
                    candidate_id=number,
                    name=name,
                    job_data=self.told["job_data"],
                )
        return self.session

    def _see(self, session: MonitoringSession, piece: Piece) -> None:
        moment = self._moment(piece.at)
        for _ in range(_TRIES_OF_A_PICTURE):
            number = sessions.next_number(session)
            with clock.at(moment):
                answer = accept_frame(session, piece.data, sequence=number, captured_at=moment.timestamp())
            if answer.code != "overloaded":
                break
        self.pictures += 1
        self.analysed += answer.analysed

    def _hear(self, session: MonitoringSession, piece: Piece) -> None:
        seconds = (len(piece.data) - 44) / 32_000
        began = self._moment(piece.at).timestamp()
        with clock.at(self._moment(max(self.length, piece.at + seconds))):
            try:
                answer = accept_clip(session, piece.data, sequence=self.sounds, captured_at=began)
            except Overloaded:
                return  # live recordings come first; the pictures are the film's substance
        self.sounds += 1
        self.sound_s += seconds if answer.analysed else 0.0

    def _moment(self, at: float) -> datetime:
        return self.began + timedelta(seconds=at)

    def _end(self) -> None:
        if self.session is not None:
            with clock.at(self._moment(max(self.length, _LEAST_S))):
                services.end(self.session, actor=self.call.actor)


def _fetched(url: str) -> bytes:
    try:
        return posting.get(url, most_bytes=settings.COMPAT_FILM_MAX_BYTES)
    except posting.NotFetched as error:
        raise Refusal(f"The film could not be fetched: {error}", code="not_fetched") from error
