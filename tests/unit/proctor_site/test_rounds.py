"""A worker that hangs is told from one that lives: by its address, and by the watchdog of systemd."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proctor_site import health, lifespan, roles
from proctor_site.kernel import rounds


@pytest.fixture(autouse=True)
def monotonic(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The clock of the rounds, in a list of one."""
    now = [1_000.0]
    monkeypatch.setattr(rounds.time, "monotonic", lambda: now[0])
    yield now
    rounds.forget()


def _live(rf: Any) -> tuple[int, dict[str, Any]]:
    answer = health.live(rf.get("/health/live/"))
    return answer.status_code, json.loads(answer.content)


def test_a_worker_whose_deadlines_stand_still_is_stuck_until_they_come_around(
    monotonic: list[float], rf: Any
) -> None:
    rounds.begin(rounds.DEADLINES)
    rounds.begin(rounds.JOBS)
    monotonic[0] += 119
    assert _live(rf) == (200, {"status": "live"})
    monotonic[0] += 2
    assert _live(rf) == (503, {"status": "stuck", "work": ["sweep_deadlines"]})
    rounds.came_around(rounds.DEADLINES)
    assert _live(rf)[0] == 200


def test_a_long_job_that_says_that_it_goes_on_is_not_stuck(monotonic: list[float], rf: Any) -> None:
    rounds.begin(rounds.JOBS)
    for _ in range(30):
        monotonic[0] += 60
        rounds.came_around(rounds.JOBS)
    assert _live(rf)[0] == 200
    monotonic[0] += 601
    assert _live(rf)[1]["work"] == ["carry_out_jobs"]


def test_of_other_roles_nothing_is_expected(monotonic: list[float], rf: Any) -> None:
    rounds.came_around(rounds.JOBS)
    monotonic[0] += 1_000_000
    assert _live(rf)[0] == 200


def test_systemd_hears_of_a_worker_only_while_nothing_is_stuck(
    monotonic: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds.tell_systemd()  # where there is no systemd, nothing happens
    address = str(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.setblocking(False)
        rounds.begin(rounds.DEADLINES)
        rounds.tell_systemd()
        assert systemd.recv(100) == b"WATCHDOG=1"
        monotonic[0] += 121
        rounds.tell_systemd()
        with pytest.raises(BlockingIOError):
            systemd.recv(100)


def test_the_names_are_those_of_what_is_repeated() -> None:
    source = Path(lifespan.__file__).read_text(encoding="utf-8")
    for name in rounds.LONGEST_S:
        assert f"({name}, " in source


@pytest.mark.parametrize("path", ["/", "/api/v1/sessions/", "/static/css/base.css", "/ws/attempts/7/"])
def test_a_worker_answers_how_it_is_and_nothing_else(path: str) -> None:
    assert roles.answers("worker", "/health/live/") and not roles.answers("worker", path)
