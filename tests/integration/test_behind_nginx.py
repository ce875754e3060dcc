"""The shipped nginx.conf before the roles: TLS, sockets, uploads, what stays inside, and who does what."""

import asyncio
import base64
import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets

from tests.capture import RED, frame
from tests.factories.accounts import PASSWORD
from tests.integration import servers
from tests.integration.proxied import HOST, Role, Site, code_of, open_site

FILM = "/api/v1/sessions/3f2504e0-4f89-41d3-9a0c-0305e82c3301/screen-clips/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15"
PEOPLE = """
import django; django.setup()
from accounts.roles import Role
from accounts.tenancy import within
from proctoring.models import Policy
from tests.factories.accounts import make_institution, make_member
from tests.factories.tokens import new_token
college = make_institution("Proxied College", "proxied")
make_member(college, Role.PROCTOR, name="Petra Proctor", email="petra@example.org")
with within(college):
    Policy.objects.create(institution=college, name="Heard", is_default=True, sound=True, clip_seconds=5)
print(new_token(college)[1])
"""
pytestmark = [pytest.mark.slow, pytest.mark.redis]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Site]:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    with servers.redis_database() as redis:
        if not redis:
            pytest.skip(servers.why_no_redis(redis))
        with open_site(tmp_path_factory.mktemp("behind-nginx"), redis) as made:
            yield made


@pytest.fixture(scope="module")
def token(site: Site) -> str:
    """Of an institution with a proctor; all scopes."""
    made = site.roles["web"].run("-c", PEOPLE)
    assert made.returncode == 0, made.stderr
    return made.stdout.splitlines()[-1]


def _until(is_so: Callable[[], bool], what: str, seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, what
        time.sleep(0.1)


def test_the_file_is_sound(site: Site) -> None:
    done = subprocess.run(["nginx", "-t", "-c", str(site.config)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_pages_come_by_tls_with_a_number_of_the_proxy_s(site: Site) -> None:
    answer = site.ask("/", headers={"X-Request-ID": "forged-number"})
    assert answer.status_code == 200
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])
    assert answer.headers["Strict-Transport-Security"]
    plain = httpx.get(f"http://127.0.0.1:{site.plain_port}/x", headers={"Host": HOST})
    assert (plain.status_code, plain.headers["Location"]) == (301, f"https://{HOST}/x")


@pytest.mark.parametrize(("megabytes", "status", "who"), [(3, 401, "ours"), (6, 413, "nginx's")])
def test_a_film_of_three_megabytes_passes(site: Site, megabytes: int, status: int, who: str) -> None:
    body = b"\x1aE\xdf\xa3" + bytes(megabytes * 1_000_000 - 4)
    answer = site.ask(FILM, "POST", content=body, headers={"Content-Type": "video/webm"})
    assert answer.status_code == status, answer.text
    assert ("application/problem+json" in answer.headers["Content-Type"]) == (who == "ours")


def test_a_candidate_s_socket_reaches_the_analysis(site: Site) -> None:
    """Accepted, numbered, and answered by our own code: nobody is signed in (4401)."""

    async def open_socket(path: str, origin: str) -> tuple[int, str]:
        async with websockets.connect(
            f"wss://{HOST}:{site.port}{path}", host="127.0.0.1", port=site.port, ssl=site.trust, origin=origin
        ) as socket:
            number = socket.response.headers["X-Request-ID"]
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 10)
            return closed.value.rcvd.code, number

    code, number = asyncio.run(open_socket("/ws/attempts/1/", site.address))
    assert 4000 <= code < 5000 and re.fullmatch(r"[0-9a-f]{32}", number)
    with pytest.raises(websockets.InvalidStatus) as refused:
        asyncio.run(open_socket("/ws/attempts/1/", "https://elsewhere.example.com"))
    assert refused.value.response.status_code == 403


def test_a_role_refuses_what_the_other_answers(site: Site) -> None:
    for role, path in (("web", FILM), ("capture", "/")):
        status, body = site.roles[role].ask(path)
        assert (status, code_of(body)) == (421, "wrong_role"), role
        assert site.roles[role].ask("/health/ready/")[0] == 200


def test_figures_are_told_inside_and_not_outside(site: Site) -> None:
    site.ask("/register/")
    assert site.ask("/health/metrics/").status_code == 404
    status, text = site.roles["web"].ask("/health/metrics/")
    assert status == 200
    assert re.search(
        r'(?m)^proctor_http_requests_total\{method="GET",route="register",status="200"\} [1-9]', text
    )
    assert site.roles["capture"].ask("/health/metrics/")[0] == 200


def test_links_stay_out_of_the_log_of_the_proxy(site: Site) -> None:
    site.ask("/invitation/Secret-Of-Ada-0123456789/?link=abcdef")
    written = site.config.with_name("access.log")
    _until(lambda: "/invitation/..." in written.read_text(), "no line of the request")  # after the answer
    log = written.read_text()
    assert "Secret-Of" not in log and "abcdef" not in log


def test_only_capture_begins_the_analysis(site: Site) -> None:
    capture = site.roles["capture"].log
    _until(lambda: "analysis:" in capture.read_text(), "no analysis")  # begins beside, and answers before
    began = {name: "analysis:" in site.roles[name].log.read_text() for name in ("web", "capture")}
    assert began == {"web": False, "capture": True}


def _sign_in(site: Site, browser_name: str) -> str:
    """The start page as it greets Petra, who signs in with her password."""
    with site.browser(**{"User-Agent": browser_name}) as browser:
        form = browser.get("/account/login/")
        secret = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)
        assert secret is not None, form.text[:500]
        sent = {"login": "petra@example.org", "password": PASSWORD, "csrfmiddlewaretoken": secret[1]}
        done = browser.post(
            "/account/login/", data=sent, headers={"Referer": f"{site.address}/account/login/"}
        )
        assert done.status_code == 302, done.text[:500]
        cookies = [each.lower() for each in done.headers.get_list("set-cookie") if "sessionid" in each]
        assert cookies and all(each.startswith("__host-") and "; secure" in each for each in cookies)
        return browser.get("/").text


def test_what_waits_is_done_by_the_worker_alone(site: Site, token: str) -> None:
    """A sign-in with another browser is told by e-mail: while no worker is there, nobody does it."""
    assert "Hello Petra" in _sign_in(site, FIREFOX)
    assert "Hello Petra" in _sign_in(site, CHROME)
    _jobs_stay(site, ["waiting"])
    worker = site.roles["worker"]
    worker.start()
    _until(lambda: _jobs(site) == ["done"], "the worker did not do it")
    logs = {name: "To: petra@example.org" in role.log.read_text() for name, role in _begun(site)}
    assert logs == {"web": False, "capture": False, "worker": True}
    ended = re.escape('proctor_jobs_ended_total{kind="accounts.new_device",outcome="done"} 1')
    found = {name: re.search(ended, role.ask("/health/metrics/")[1]) for name, role in _begun(site)}
    assert [name for name, line in found.items() if line] == ["worker"]

    assert worker.ask("/health/live/") == (200, '{"status": "live"}')
    assert {worker.ask(path)[0] for path in ("/", FILM, "/static/css/base.css")} == {421}
    assert "analysis:" not in worker.log.read_text()
    assert worker.end() in (0, -signal.SIGTERM)
    assert "Hello Petra" in _sign_in(site, SAFARI)
    _jobs_stay(site, ["done", "waiting"])


def _begun(site: Site) -> list[tuple[str, Role]]:
    return [(name, role) for name, role in site.roles.items() if role.log.exists()]


def _jobs(site: Site) -> list[str]:
    kind = "SELECT state FROM accounts_job WHERE kind = 'accounts.new_device' ORDER BY id"
    return [row["state"] for row in site.rows(kind)]


def _jobs_stay(site: Site, states: list[str]) -> None:
    """For three rounds in which a server with jobs of its own would have taken them."""
    pulse = "SELECT beat_at FROM exams_serverpulse"
    for _ in range(3):
        last = site.rows(pulse)
        _until(lambda last=last: site.rows(pulse) != last, "web has no pulse")  # type: ignore[misc]
        assert _jobs(site) == states


def test_captures_of_another_exam_system_come_by_its_token(site: Site, token: str) -> None:
    """Pages and sessions are web's, pictures and recordings capture's; one address has both."""
    with site.browser(Authorization=f"Bearer {token}") as engine:

        def call(method: str, path: str, **sent: Any) -> httpx.Response:
            answer = engine.request(method, f"/api/v1/institution/{path}", **sent)
            assert answer.is_success, f"{path}: {answer.text}"
            return answer

        exam = call("POST", "exams/", json={"title": "Taken elsewhere", "is_outside": True}).json()
        started = call("POST", "sessions/", json=_session(_sitting(call, exam["id"]))).json()
        picture = {"frame": base64.b64encode(frame(RED)).decode(), "sequence": 1}
        taken = call("POST", "sessions/run-seven/frames/", json=picture).json()
        assert (taken["accepted"], taken["analysed"]) == (True, True)
        clip = call(
            "POST", "sessions/run-seven/clips/",
            files={"clip": ("clip.webm", _recording(), "audio/webm")},
            data={"sequence": "1"},
        ).json()  # fmt: skip
        assert clip["accepted"] is True
        assert call("GET", "sessions/run-seven/metrics/").json()["frames_received"] == 1
        assert call("POST", "sessions/run-seven/end/").json()["session"] == started["id"]
    counted = site.roles["capture"].ask("/health/metrics/")[1]
    for kind in ("frame", "clip"):
        assert re.search(rf'proctor_captures_total\{{kind="{kind}",outcome="\w+"\}} [1-9]', counted), kind
    assert "proctor_captures_total{" not in site.roles["web"].ask("/health/metrics/")[1]


def test_an_exam_day_goes_through_the_proxy_alone(site: Site, tmp_path: Path) -> None:
    """Two candidates check in, are seen and heard, save and hand in; a proctor hears of the second face."""
    report = tmp_path / "report.json"
    words = ["--candidates", "2", "--minutes", "0.5", "--address", site.nearby, "--report", str(report)]
    done = site.roles["web"].run("manage.py", "rehearse", *words, SSL_CERT_FILE=str(site.certificate))
    assert report.exists(), done.stdout + done.stderr
    found: dict[str, Any] = json.loads(report.read_text())
    # Times say something about the machine, which has other things to do in a run of all tests.
    wrong = [each for each in found["promises"] if not each["holds"] and "(p95)" not in each["name"]]
    assert not wrong, done.stdout + done.stderr
    figures = found["figures"]
    assert figures["answers acknowledged"] >= 2 and figures["pictures looked at"] > 10
    assert figures["recordings heard"] >= 1, found["errors"]
    saves = r'(?m)^proctor_saves_total\{outcome="saved"\} [1-9]'
    sockets = r'(?m)^proctor_sockets_open\{kind="candidate"\}'
    assert re.search(saves, site.roles["web"].ask("/health/metrics/")[1])
    assert re.search(sockets, site.roles["capture"].ask("/health/metrics/")[1])


def _sitting(call: Callable[..., httpx.Response], exam: int) -> int:
    now = datetime.now(UTC)
    times = {"opens_at": now.isoformat(), "closes_at": (now + timedelta(hours=8)).isoformat()}
    more = {"time_zone": "Europe/Vienna", "duration_minutes": 180, "title": "Through the proxy"}
    return int(call("POST", "sittings/", json={"exam": exam, **times, **more}).json()["id"])


def _session(sitting: int) -> dict[str, Any]:
    consent = {"camera": True, "microphone": True, "face_comparison": False, "asked_by": "Engine"}
    consent |= {"agreed_at": datetime.now(UTC).isoformat(), "notice_version": "three"}
    consent |= {"notice_url": "https://engine.example.org/notice"}
    person = {"session_id": "run-seven", "candidate_id": "E-one", "candidate_name": "Otto Outside"}
    return {"sitting": sitting, "consent": consent, **person}


def _recording() -> bytes:
    from proctor_site.rehearsal.pictures import media

    return media(5).clip
