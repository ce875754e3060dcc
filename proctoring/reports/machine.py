"""A summary by a language model, where the operator has set one up: of what people have decided, and marked.

It is written while a PDF is made, never while a page waits; failing, it is left out. It gets counts, kinds,
times and decisions: no name, no picture, no text that a person wrote.
"""

import hashlib
import json
import logging
import re
import time
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache

from accounts import audit
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Unavailable
from proctoring.breaker import Breaker
from proctoring.models import MonitoringSession
from proctoring.reports.facts import AttemptReport, IncidentFacts, Machine
from proctoring.review.terms import is_summary_offered, terms_of

SOURCES = [
    "how long the attempt was watched and how much of it programs saw",
    "kind, severity, time and length of the incidents that people upheld or dismissed, with that decision",
    "how many incidents nobody has decided",
]
"""What the model is given, in words."""
KEPT_S = 24 * 3600
LONGEST_S = 30.0
MOST_BYTES, MOST_TEXT, MOST_INCIDENTS = 65_536, 1_500, 100
_DECIDED = ("upheld", "dismissed")
_GUILT = re.compile(r"\b(cheat\w*|fraud\w*|guilt\w*|dishonest\w*|misconduct|suspicious\w*|lied|liar)\b", re.I)
_TASK = (
    "You summarise facts about a watched exam for a reviewer, in at most five plain English sentences. Use "
    "only the facts given as JSON. Do not judge, advise, guess reasons or intentions, or say whether anybody "
    "broke a rule. A dismissed incident showed nothing. Say what was not seen and what nobody has decided."
)
_FAULTS = (Unavailable, ValueError, LookupError, TypeError, OSError, RecursionError)
"""What an answer can cause that is none: the report is made without it."""
_log = logging.getLogger(__name__)
_breaker = Breaker()


def is_on(session: MonitoringSession) -> bool:
    """Whether the operator offers a model to the institution, and it has switched it on for itself."""
    return is_summary_offered(session.institution) and terms_of(session.institution).machine_summary


def facts_for(report: AttemptReport) -> dict[str, Any]:
    """All that leaves this server."""
    decided = [each for each in report.incidents if each.review in _DECIDED]
    share = report.coverage.watched_share
    return {
        "watched_seconds": round(report.seconds),
        "share_of_minutes_seen": None if share is None else round(share, 2),
        "pictures_looked_at": report.coverage.totals.analysed,
        "pictures_left_out": report.coverage.totals.shed,
        "seconds_offline": round(report.coverage.totals.offline_s),
        "incidents_decided": [_incident(each, report.begin) for each in decided[:MOST_INCIDENTS]],
        "incidents_decided_in_all": len(decided),
        "incidents_not_decided": len(report.incidents) - len(decided),
    }


def _incident(incident: IncidentFacts, begin: datetime) -> dict[str, Any]:
    return {
        "kind": incident.words,
        "severity": incident.severity,
        "after_seconds": round((incident.begin - begin).total_seconds()),
        "lasted_seconds": round(incident.seconds),
        "decision": incident.review,
    }


def known(report: AttemptReport, session: MonitoringSession) -> Machine | None:
    """The summary that was written of the same facts within a day; asks nobody."""
    if not _has_subject(report, session):
        return None
    found: Machine | None = cache.get(_key(facts_for(report)))
    return found


def written(report: AttemptReport, session: MonitoringSession) -> Machine | None:
    """The same; asks the model when there is none. None when it is off, rests, fails or says what it may not.

    Lasts at most about LONGEST_S.
    """
    found = known(report, session)
    if found is not None or not _has_subject(report, session) or not _breaker.lets_through():
        return found
    facts = facts_for(report)
    detail = {"model": settings.SUMMARY_MODEL, "facts": _key(facts).partition(":")[2]}
    audit.record(session.institution, session, "report.summary_asked", detail=detail)
    try:
        text = _ask(facts)
    except _FAULTS as error:
        _breaker.fail()
        _log.warning("no summary by a model: %s", type(error).__name__)
        return None
    _breaker.worked()
    if not text or _GUILT.search(text):
        _log.warning("a summary by a model was empty or judged a person; it is left out")
        return None
    made = Machine(text, settings.SUMMARY_MODEL, clock.now(), SOURCES)
    cache.set(_key(facts), made, KEPT_S)
    return made


def _has_subject(report: AttemptReport, session: MonitoringSession) -> bool:
    """While the attempt goes on its facts change each second: nothing would be the same twice."""
    return (
        report.end is not None
        and is_on(session)
        and any(each.review in _DECIDED for each in report.incidents)
    )


def _key(facts: dict[str, Any]) -> str:
    """By facts and model; two attempts with the same facts may have the same words."""
    said = json.dumps([facts, settings.SUMMARY_MODEL, settings.SUMMARY_URL, _TASK], sort_keys=True)
    return f"report-summary:{hashlib.sha256(said.encode()).hexdigest()}"


def _ask(facts: dict[str, Any]) -> str:
    """The model's words. Raises one of _FAULTS, whatever the other side does."""
    import httpx  # only where a model is set up

    from proctoring.audio.diarizers.bounded_http import AnswerError, open_client

    address = settings.SUMMARY_URL.rstrip("/") + "/chat/completions"
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("PROCTOR_SUMMARY_URL is neither https nor this machine")
    headers = {"Authorization": f"Bearer {settings.SUMMARY_KEY}"} if settings.SUMMARY_KEY else {}
    messages = [{"role": "system", "content": _TASK}, {"role": "user", "content": json.dumps(facts)}]
    body = {"model": settings.SUMMARY_MODEL, "messages": messages, "temperature": 0, "max_tokens": 400}
    try:
        with open_client(time.monotonic() + LONGEST_S, tls=True) as client:
            answer = client.post(address, json=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, AnswerError) as error:  # from None: its request holds the key
        raise Unavailable(f"The model did not answer: {type(error).__name__}") from None
    if answer.status_code != httpx.codes.OK or len(answer.content) > MOST_BYTES:
        raise ValueError(f"status {answer.status_code}, {len(answer.content)} bytes")
    text = json.loads(answer.content)["choices"][0]["message"]["content"]
    if not isinstance(text, str):
        raise TypeError("the answer is no text")
    text = text.strip()
    return text if len(text) <= MOST_TEXT else text[:MOST_TEXT].rsplit(" ", 1)[0] + " …"
