"""The rehearsal as a process beside a world: prints where it is each second, and its promises at the end.

`python -m tests.faults.rehearsing '{"candidates": 4, "seconds": 40, "address": …}'`. Everybody saves
every 1.5 s. The first candidate is seen with a second face until that is an incident; a proctor upholds it.
`"whole": true`: the plan of `manage.py rehearse`, with its figures. On standard input, `check` looks into the
database in the middle of the exam, and `end` has everybody hand in.
"""

import asyncio
import json
import os
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

DECIDED = "The decided incident stays decided"


def main(wanted: dict[str, Any]) -> None:
    """Plays it; prints JSON lines."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "proctor_site.settings")
    import django

    django.setup()
    from proctor_site.rehearsal import checks, play, promises, report, stage
    from proctor_site.rehearsal.log import Log
    from proctor_site.rehearsal.plan import End
    from tests.faults import twists

    plan = _plan(wanted)
    twists.apply(wanted.get("twist", ""))
    if not wanted.get("whole"):
        twists.show_until_raised()
    log = Log()
    scene = stage.prepare(plan, address=wanted["address"])
    decided: list[int] = []
    over = threading.Event()
    judge = threading.Thread(target=_uphold, args=(scene, log, decided, over))
    judge.start()

    steps: dict[str, Any] = {"gives_way": [], "mean_ms": 0.0, "look_every_s": 0.0, "page": ""}
    if wanted.get("ladder"):
        page = (wanted["address"], _operators_cookie())
        threading.Thread(target=_look_at_ladder, args=(steps, over, *page), daemon=True).start()

    def tell(words: str) -> None:
        saves = sum(len(each) for each in log.acknowledged.values())
        said = {"words": words, "saves": saves, "looked_at": log.analysed, "away": len(log.away)}
        said |= {"alerts": len(log.told), "decided": len(decided), "lines_lost": log.lost_lines}
        said |= {"frames_put_off": log.shed, "sound_put_off": log.clips_put_off, "heard": log.clips_heard}
        print(json.dumps(said | steps | {"bytes_up": log.bytes_up, "at": time.monotonic()}), flush=True)

    def before_hand_in() -> None:
        stage.make_practice_of(scene)

    end = End()
    threading.Thread(target=_obey, args=(end, scene, plan, log, decided), daemon=True).start()
    asyncio.run(play.play(scene, plan, log, tell=tell, before_hand_in=before_hand_in, end=end))
    over.set()
    judge.join()
    found = checks.look(scene, log)
    judged = [asdict(each) for each in promises.judge(plan, log, found)]
    judged.append(_still_decided(scene, decided))
    stage.clear(scene)
    figures = _figures(log, found)
    if wanted.get("whole"):
        figures |= {"whole": report.figures(plan, log, found), "cost": report.cost(plan, log, found)}
    print(json.dumps({"promises": judged, "figures": figures}), flush=True)


def _figures(log: Any, found: Any) -> dict[str, Any]:
    return {
        "save_ms": _parts(log.saved_s),
        "alerts": len(log.told),
        "alerts_ms": _parts(log.alerts_s()),
        "noticed_ms": _parts(log.noticed_s()),
        "timer_ms": _parts(log.answered_pings_s),
        "saves": found.acknowledged,
        "sent_again": log.repeated_saves,
        "looked_at": log.analysed,
        "put_off": log.shed,
        "heard": log.clips_heard,
        "sound_put_off": log.clips_put_off,
        "lines_lost": log.lost_lines,
        "back_s": [round(each, 1) for each in sorted(log.back_s)],
        "errors": dict(log.errors.most_common(8)),
    }


def _parts(seconds: list[float]) -> dict[str, int]:
    """Percentiles in milliseconds; none where nothing was measured."""
    from proctor_site.rehearsal.promises import percentile

    return {
        str(part): round(1000 * (percentile(seconds, part / 100) or 0)) for part in (50, 95, 100) if seconds
    }


def _obey(end: Any, scene: Any, plan: Any, log: Any, decided: list[int]) -> None:
    """Commands on standard input, until the exam is over."""
    from django.db import connections

    for line in sys.stdin:
        if line.strip() == "end":
            end.at = time.perf_counter()
            return
        print(json.dumps({"checked": _check(scene, plan, log, decided)}), flush=True)
        connections.close_all()


def _check(scene: Any, plan: Any, log: Any, decided: list[int]) -> list[dict[str, Any]]:
    """What is promised at any time of an exam, from what was acknowledged before it was asked."""
    from proctor_site.rehearsal import checks, promises
    from proctor_site.rehearsal.log import Log

    until_now = Log(acknowledged={each: list(told) for each, told in list(log.acknowledged.items())})
    judged = promises.judge(plan, until_now, checks.look(scene, until_now))
    at_any_time = [
        asdict(each) for each in judged if each.name.startswith(("No acknowledged", "Every chain"))
    ]
    journals = [asdict(each) for each in judged if each.name.startswith("Every journal")]
    return [*at_any_time, *journals, _still_decided(scene, decided)]


def _plan(wanted: dict[str, Any]) -> Any:
    from proctor_site.rehearsal.plan import Plan

    alerts = wanted.get("alerts", 1)

    @dataclass(frozen=True)
    class EarlyPlan(Plan):
        """The incident comes first, so that the faults find it decided; nobody's browser is killed."""

        def has_incident(self, place: int) -> bool:
            return place < alerts

        def incident_after(self, place: int) -> float:
            return 2.0 + 0.5 * self.seconds * place / alerts

        def breaks_down(self, place: int) -> bool:
            return False

    if wanted.get("whole"):
        return Plan(wanted["candidates"], wanted["seconds"], incident_in=wanted.get("incident_in", 10))
    return EarlyPlan(
        wanted["candidates"],
        wanted["seconds"],
        starts_within=1.0,
        save_every=wanted.get("save_every", 1.5),
        clip_every=20.0,
        event_every=6.0,
    )


def _uphold(scene: Any, log: Any, decided: list[int], over: threading.Event) -> None:
    """A proctor upholds the first incident as soon as it is there."""
    from django.db import connections

    from accounts.models import Institution, User
    from accounts.tenancy import within
    from proctoring.incidents import services
    from proctoring.models import Incident

    while not over.wait(0.3):
        if not log.told:
            continue
        with within(Institution.objects.get(pk=scene.institution)):
            incident = Incident.objects.filter(sitting=scene.sitting).order_by("pk").first()
            actor = User.objects.get(email="proctor1@rehearsal.invalid")
            if incident is not None:
                services.uphold(incident, actor=actor, note="rehearsed")
                decided.append(incident.pk)
        break
    connections.close_all()


def _operators_cookie() -> str:
    """Of somebody who may read the operator's page."""
    from django.conf import settings

    from accounts.models import User
    from proctor_site.rehearsal import stage

    user, _ = User.objects.get_or_create(email="operator@rehearsal.invalid", defaults={"is_superuser": True})
    return f"{settings.SESSION_COOKIE_NAME}={stage._sign_in(user)}"


def _look_at_ladder(steps: dict[str, Any], over: threading.Event, address: str, cookie: str) -> None:
    """What the operator's page shows: which steps give way, how long a picture takes, and its words."""
    import httpx

    from proctor_site import processes

    with httpx.Client(base_url=address, headers={"Cookie": cookie}, timeout=20) as client:
        while not over.wait(1.0):
            alive = processes.alive()
            steps["gives_way"] = [each.name for each in processes.ladder(alive) if each.gives_way]
            steps["mean_ms"] = max((each.mean_ms for each in alive), default=0.0)
            steps["look_every_s"] = max((each.look_every_s for each in alive), default=0.0)
            with suppress(httpx.TransportError):
                page = client.get("/admin/operations/").text
                steps["page"] = page[page.find("What gives way") :][:1500]


def _still_decided(scene: Any, decided: list[int]) -> dict[str, Any]:
    from accounts.models import Institution
    from accounts.tenancy import within
    from proctoring.models import Incident

    with within(Institution.objects.get(pk=scene.institution)):
        states = list(Incident.objects.filter(pk__in=decided).values_list("review_state", flat=True))
    return {"name": DECIDED, "wanted": "upheld", "found": str(states), "holds": states == ["upheld"]}


class Rehearsal:
    """The process, as its world's tests see it."""

    def __init__(self, environment: dict[str, str], **wanted: Any) -> None:
        import subprocess

        from tests.e2e.server import ROOT

        command = [sys.executable, "-m", "tests.faults.rehearsing", json.dumps(wanted)]
        self.running = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        numbers = ("saves", "looked_at", "away", "alerts", "decided", "lines_lost", "heard", "bytes_up", "at")
        self.last: dict[str, Any] = {"words": "", **dict.fromkeys(numbers, 0)}
        self.result: dict[str, Any] = {}
        self.history: list[dict[str, Any]] = []
        self.checked: list[dict[str, Any]] | None = None
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.running.stdout is not None
        for line in self.running.stdout:
            said = json.loads(line)
            if "promises" in said:
                self.result = said
            elif "checked" in said:
                self.checked = said["checked"]
            else:
                self.last = said
                self.history.append(said | {"at": time.monotonic()})

    def wait_until(self, what: str, is_so: Any, *, within_s: float = 180.0) -> None:
        """Until `is_so(last)`; AssertionError with the last line when it does not come to that."""
        over = time.monotonic() + within_s
        while time.monotonic() < over:
            if is_so(self.last):
                return
            assert self.running.poll() in (None, 0), self.errors()
            time.sleep(0.2)
        raise AssertionError(f"{what} did not come; last: {self.last}")

    def goes_on(self, *, within_s: float = 300.0) -> None:
        """Until answers are saved and pictures looked at again, or the exam is over."""
        saves, looks = self.last["saves"], self.last["looked_at"]
        self.wait_until(
            "answers and pictures after the fault",
            lambda last: (
                self.result
                or "hand-in" in last["words"]
                or (last["saves"] > saves + 2 and last["looked_at"] > looks + 2 and not last["away"])
            ),
            within_s=within_s,
        )

    def end(self, *, within_s: float = 400.0) -> dict[str, Any]:
        """The result, when the process has ended by itself."""
        self.running.wait(within_s)
        self.reader.join(5)
        assert self.result, self.errors()
        return self.result

    def stop(self) -> None:
        """The exam is over now, and everybody hands in."""
        self._say("end")

    def check(self, *, within_s: float = 180.0) -> list[dict[str, Any]]:
        """What was promised and does not hold in the database, while the exam goes on."""
        self.checked = None
        self._say("check")
        self.wait_until("a look into the database", lambda _: self.checked is not None, within_s=within_s)
        return [each for each in self.checked or [] if not each["holds"]]

    def _say(self, word: str) -> None:
        assert self.running.stdin is not None
        self.running.stdin.write(f"{word}\n")
        self.running.stdin.flush()

    def errors(self) -> str:
        assert self.running.stderr is not None
        return f"the rehearsal ended: {self.last}\n{self.running.stderr.read()[-3000:]}"

    def close(self) -> None:
        """Ends it, whatever it does."""
        self.running.kill()
        self.running.wait()
        for stream in (self.running.stdin, self.running.stdout, self.running.stderr):
            if stream is not None:
                stream.close()


def broken_promises(result: dict[str, Any], *, timed: bool = False) -> list[dict[str, Any]]:
    """Those that did not hold; promises about time only where `timed`."""
    return [
        each for each in result["promises"] if not each["holds"] and (timed or "(p95)" not in each["name"])
    ]


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
