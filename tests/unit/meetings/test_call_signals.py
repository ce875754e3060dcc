"""What the two ends of a private call may say: each side its own words, every part read strictly."""

from typing import Any

import pytest

from proctor_site.kernel.errors import InvalidInput
from proctoring.meetings.call_signals import from_candidate, from_proctor
from proctoring.meetings.signals import NotYours

OFFER = {"type": "call", "t": "offer", "call": 7, "link": "a1", "sdp": "v=0"}


def test_each_side_says_its_own() -> None:
    assert from_proctor({"t": "ask", "to": 3, "kind": "video"}).to == 3
    assert from_candidate({"t": "accept", "call": 7}).call == 7
    for read in (from_proctor, from_candidate):
        signal = read({**OFFER, "more": "is left out"})
        assert (signal.t, signal.call, signal.body) == ("offer", 7, {"link": "a1", "sdp": "v=0"})


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (from_candidate, {"t": "ask", "to": 3, "kind": "voice"}),
        (from_candidate, {"t": "resume", "call": 7}),
        (from_proctor, {"t": "accept", "call": 7}),
        (from_proctor, {"t": "decline", "call": 7}),
        (from_proctor, {**OFFER, "from": 3}),
        (from_candidate, {"t": ["offer"], "call": 7}),
    ],
)
def test_the_words_of_the_other_side_and_a_forged_sender_are_nobody_s(
    read: Any, message: dict[str, Any]
) -> None:
    with pytest.raises(NotYours):
        read(message)


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ({"t": "ask", "to": True, "kind": "voice"}, "to"),
        ({"t": "ask", "to": 3, "kind": "smoke"}, "kind"),
        ({"t": "ask", "to": 2**63, "kind": "voice"}, "to"),
        ({"t": "end", "call": "7"}, "call"),
        ({"t": "end", "call": -1}, "call"),
        ({**OFFER, "link": "A B"}, "link"),
        ({**OFFER, "sdp": "x" * 40_000}, "sdp"),
        ({"t": "media", "call": 7, "sound": 1, "picture": False}, "sound"),
        ({"t": "ice", "call": 7, "link": "a", "candidate": {"candidate": 5}}, "candidate"),
    ],
)
def test_what_is_wrong_is_named(message: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        from_proctor(message)
    assert refused.value.field == field
