"""Deepgram's diarizer against a server on this machine that answers and fails as documented."""

import json
import logging
import time
from typing import Any

import pytest

from proctoring.audio.diarizers import bounded_http, deepgram_api, provider_codes
from proctoring.audio.diarizers.base import DiarizerError
from proctoring.audio.diarizers.deepgram_api import DeepgramDiarizer
from proctoring.audio.diarizers.spoken_words import SpokenWord, voices_of
from proctoring.audio.exchange import EarsChoice, EarsError, VoiceResult
from tests.deepgram_server import (  # noqa: F401
    KEY,
    Answer,
    DeepgramServer,
    closed_port,
    error,
    packed,
    running_server,
    transcript,
    within,
    word,
)

RECORDING = b"bytes of sound"
CONVERSATION = [
    word("What", 1.0, 1.3, 0), word("is", 1.4, 1.5, 0), word("it?", 1.6, 2.4, 0),
    word("Number", 2.3, 2.8, 1, 0.5), word("four.", 2.9, 3.4, 1, 0.7),
    word("Yes", 5.0, 6.5, 2), word("Thanks.", 9.0, 9.9, 0),
]  # fmt: skip


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deepgram_api, "FIRST_PAUSE_S", 0.01)


def ask(server: DeepgramServer, *answers: Answer, **options: str) -> VoiceResult:
    server.answers = list(answers)
    return DeepgramDiarizer(server.choice(**options)).ask(RECORDING, 30.0)


def test_what_is_sent_and_what_comes_of_it(deepgram_server: DeepgramServer) -> None:
    result = ask(deepgram_server, transcript(CONVERSATION), language="multi")
    (asked,) = deepgram_server.asked
    assert asked.body == RECORDING and asked.headers["authorization"] == f"Token {KEY}"
    assert asked.query == {
        "model": "nova-3", "diarize_model": "latest", "punctuate": "true", "mip_opt_out": "true",
        "language": "multi",
    }  # fmt: skip
    assert (result.speakers, result.error, result.model) == (2, "", "deepgram nova-3=latest")
    first, second = result.voices
    assert first.spans == ((1.0, 2.4), (9.0, 9.9)) and first.seconds == pytest.approx(2.3)
    assert second.spans == ((2.3, 3.4),) and second.confidence == pytest.approx(0.5 + 0.49 * 0.6)
    assert first.centroid == () and result.overlap_spans == ((2.3, 2.4),)
    assert [(line.label, line.text) for line in result.transcript] == [
        ("A", "What is it?"), ("B", "Number four."), ("A", "Thanks."),
    ]  # fmt: skip
    assert result.speech_seconds == pytest.approx(3.3), "a speaker of one word is not counted"


def test_the_older_way_to_ask_and_no_words(deepgram_server: DeepgramServer) -> None:
    result = ask(deepgram_server, transcript([]), diarize="flag", model="nova-2")
    assert deepgram_server.asked[0].query["diarize"] == "true"
    assert "diarize_model" not in deepgram_server.asked[0].query
    assert (result.speakers, result.voices, result.error) == (0, (), "")


@pytest.mark.parametrize(
    "passing",
    [
        error(503), error(500), error(408), error(429, Retry_After="0"),
        Answer(200, json.dumps({"results": "half"}).encode(), how="reset"),
    ],
    ids=["503", "500", "408", "429", "reset"],
)  # fmt: skip
def test_a_failure_that_passes_is_tried_again(deepgram_server: DeepgramServer, passing: Answer) -> None:
    assert ask(deepgram_server, passing, transcript(CONVERSATION)).speakers == 2
    assert len(deepgram_server.asked) == 2


@pytest.mark.parametrize(
    ("answer", "code", "is_temporary", "requests"),
    [
        (error(400, "BAD_AUDIO"), provider_codes.REFUSED, False, 1),
        (error(401), provider_codes.KEY_REFUSED, True, 1),
        (error(402), provider_codes.UNPAID, True, 1),
        (Answer(302, b"", {"Location": "http://127.0.0.1:9/"}), provider_codes.REFUSED, False, 1),
        (error(503), provider_codes.UNAVAILABLE, True, 3),
        (error(429, Retry_After="60"), provider_codes.BUSY, True, 1),
        (error(503, Retry_After="Fri, 31 Dec 2100 23:59:59 GMT"), provider_codes.UNAVAILABLE, True, 1),
        (Answer(200, b"<html>"), provider_codes.UNREADABLE, False, 1),
        (Answer(200, b'{"request_id": "called back"}'), provider_codes.UNREADABLE, False, 1),
        (Answer(200, b'{"results": {"channels": []}}'), provider_codes.UNREADABLE, False, 1),
        (Answer(200, b"[" * 200_000), provider_codes.UNREADABLE, False, 1),
        (Answer(200, b" " * (bounded_http.MOST_ANSWER_BYTES + 1)), provider_codes.UNREADABLE, False, 1),
        (packed(), provider_codes.UNREADABLE, False, 1),
        (transcript([word("a", 1, 2, None)]), provider_codes.UNREADABLE, False, 1),
        (transcript([word("a", 1, float("nan"), 0)]), provider_codes.UNREADABLE, False, 1),
        (transcript([word("a", 1, 2, "x")]), provider_codes.UNREADABLE, False, 1),
    ],
)
def test_other_failures_have_a_name_and_tell_no_secret(
    deepgram_server: DeepgramServer, caplog: Any, answer: Answer, code: str, is_temporary: bool, requests: int
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(DiarizerError) as failed:
        ask(deepgram_server, *[answer] * 3)
    found = failed.value
    assert (found.code, found.is_temporary, len(deepgram_server.asked)) == (code, is_temporary, requests)
    assert KEY not in f"{found!r}{found}{caplog.text}" and "bytes of sound" not in caplog.text
    has_context = found.__context__ is not None and not found.__suppress_context__
    assert found.__cause__ is None and not has_context, "httpx's own errors hold the request with its key"
    if answer.status in (400, 401, 402):
        assert f"HTTP {answer.status}" in caplog.text and "request-1" in caplog.text


@pytest.mark.parametrize("how", ["silent", "drip", "dripping head"])
def test_nobody_waits_longer_than_the_setting(deepgram_server: DeepgramServer, how: str) -> None:
    began = time.monotonic()
    with pytest.raises(DiarizerError) as failed:
        ask(deepgram_server, Answer(200, b" " * 400, how=how), timeout_s="0.6")
    assert (failed.value.code, failed.value.is_temporary) == (provider_codes.TIMEOUT, True)
    assert within(0.6, began) and len(deepgram_server.asked) == 1, "it may have been listened to already"


def test_a_server_that_is_not_there(deepgram_server: DeepgramServer) -> None:
    nowhere = deepgram_server.choice(url=f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(DiarizerError) as failed:
        DeepgramDiarizer(nowhere).ask(RECORDING, 30.0)
    assert (failed.value.code, failed.value.is_temporary) == (provider_codes.UNREACHABLE, True)


def test_no_key_and_a_key_with_a_line_break(deepgram_server: DeepgramServer) -> None:
    for wrong in ("", f"{KEY}\n", "ключ"):
        with pytest.raises(EarsError) as refused:
            DeepgramDiarizer(EarsChoice("deepgram", options={"key": wrong}))
        assert KEY not in str(refused.value)
    assert KEY not in repr(deepgram_server.choice()) + repr(DeepgramDiarizer(deepgram_server.choice()))


def test_words_beyond_the_clip_and_without_length_are_cut_off() -> None:
    words = [
        SpokenWord("a", -1.0, 1.0, 7, None),
        SpokenWord("b", 1.2, 99.0, 7, 1.7),
        SpokenWord("c", 3, 3, 8, 0.1),
    ]
    found = voices_of(words, 4.0)
    assert [voice.spans for voice in found.voices] == [((0.0, 4.0),)]
    assert found.voices[0].confidence <= 0.99 and found.lines[0].end == 4.0
