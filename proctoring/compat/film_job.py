"""The job that looks at a film: its session begins as long ago as the film is long, and ends now."""

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts import uploads
from accounts.jobs.kinds import Progress, job_kind
from accounts.jobs.services import enqueue
from accounts.models import Job
from accounts.webhooks import posting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, Overloaded, Refusal
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

log = logging.getLogger(__name__)
_TRIES = 2
_LEAST_S = 1.0
_MARGIN = timedelta(seconds=2)
_TRIES_OF_A_PICTURE = 20
"""Live frames come first: a picture of a film that found no worker is offered again."""


class _NotYet(Exception):
    """The film is longer than the sitting has been open: looked at now, its end would lie in the future."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@job_kind(KIND, tries=_TRIES)
def look_at_film(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Looks at the film of the job and ends its session. After a try that was cut short it begins anew.

    The upload stays until nobody will look at it any more.
    """
    upload = job.arguments["upload"]
    try:
        result = _looked(job, progress)
    except _NotYet as early:
        asked = {"title": job.title, "actor": job.created_by, "arguments": job.arguments}
        enqueue(job.institution, KIND, **asked, after=early.until)
        return {"put_off_until": early.until.isoformat()}
    except FilmError as error:
        uploads.delete(upload)
        raise InvalidInput(f"The film cannot be used: {error.message}.", code=error.code) from error
    except Refusal:
        uploads.delete(upload)
        raise
    except Exception:
        if job.tries >= _TRIES:
            uploads.delete(upload)
        raise
    uploads.delete(upload)
    return result


def _looked(job: Job, progress: Progress) -> dict[str, Any]:
    wanted = job.arguments
    key = CompatKey.objects.select_related("institution", "account", "sitting__exam").get(pk=wanted["key"])
    if key.revoked_at is not None:
        raise NotAllowed("The compat key was revoked meanwhile.", code="key_revoked")
    _clear_earlier(job, key)
    head, _, film = uploads.read(wanted["upload"]).partition(b"\n")
    told = json.loads(head)
    film = film or _fetched(told["url"])
    return _Look(job, progress, Call(key, HttpRequest()), told).at(film)


def _clear_earlier(job: Job, key: CompatKey) -> None:
    """What a try left that was cut short goes, so that nothing is told twice; what is held stays."""
    earlier = queries.newest_of(job.institution, job.arguments["session"])
    if earlier is None:
        return
    if earlier.session.state == SESSION_LIVE:
        services.end(earlier.session, actor=key.account)
    try:
        services.delete(queries.find(job.institution, earlier.name), actor=key.account)
    except Conflict as refusal:
        log.warning("the first look of job %s stays: %s", job.pk, refusal.code)


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
            length = timedelta(seconds=max(self.length, _LEAST_S))
            self.began = clock.now() - length
            if self.began < sitting.opens_at:
                raise _NotYet(sitting.opens_at + length + _MARGIN)
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
