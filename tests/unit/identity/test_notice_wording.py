"""The notice in its wording: what is looked for stands line by line, and only that."""

from typing import Any

import pytest

from accounts.models import Institution
from proctoring.identity import notice
from proctoring.models import Policy


def test_each_thing_that_is_looked_for_has_a_line_of_its_own() -> None:
    here, policy = Institution(name="North College"), Policy(phone="off")
    parts = notice.wording(here, policy).split("\n\n")
    [section] = [part for part in parts if part.startswith("What a program looks for")]
    lines = section.splitlines()[2:]
    assert len(lines) == len(notice.looked_for(policy))
    assert all(line.startswith("– whether") for line in lines)
    assert "phone" not in section
    assert "What a program looks for" not in notice.wording(here, Policy(camera_required=False))


@pytest.mark.parametrize("camera", [True, False])
def test_the_notice_says_that_the_question_on_the_screen_is_noted(camera: bool) -> None:
    text = notice.wording(Institution(name="North College"), Policy(camera_required=camera))
    [part] = [part for part in text.split("\n\n") if part.startswith("Which question you see")]
    assert "which question was on the screen and from when to when" in part
    assert "when an answer was saved" in part


@pytest.mark.parametrize(
    "provider, url, said",
    [
        ("peer", "", "A proctor's browser may learn the internet address of yours"),
        ("janus", "", "Live pictures pass through a video server of the operator of this site"),
        (
            "livekit",
            "wss://live.school.example/x",
            "the service LiveKit on the server live.school.example of",
        ),
        ("livekit", "wss://ours.livekit.cloud", "the service LiveKit of the company LiveKit"),
        ("realtimekit", "", "RealtimeKit of the company Cloudflare"),
    ],
)
def test_the_notice_says_through_whom_live_pictures_go(
    settings: Any, provider: str, url: str, said: str
) -> None:
    settings.LIVE_PROVIDER, settings.LIVEKIT_URL, settings.JANUS_RECORDINGS = provider, url, "folder"
    policy = Policy(live_video=True, record_live=True, screen="required")
    parts = notice.wording(Institution(name="North College"), policy).split("\n\n")
    [watched] = [part for part in parts if part.startswith("Who can watch live")]
    assert said in watched
    assert ("records of each connection" in watched) is (provider == "realtimekit")
    assert ("A proctor's browser" in watched) is (provider == "peer"), "no other way joins the two browsers"
    [screen] = [part for part in parts if part.startswith("Your screen")]
    assert ("watch it live" in screen) is (provider != "realtimekit")
    assert ("of that, nothing is recorded" in screen) is (provider == "janus"), (
        "records_live is Janus's alone"
    )
