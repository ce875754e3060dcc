"""The report of a rehearsal: JSON signed with the operator's key, and the same as Markdown to read."""

import json
import os
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

from accounts import signing_keys
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput
from proctor_site.rehearsal.checks import Found
from proctor_site.rehearsal.log import Log
from proctor_site.rehearsal.plan import Plan, Stage
from proctor_site.rehearsal.promises import LOAD_SHARE, Promise, percentile

KIND = "proctor rehearsal 1"
MOST_BYTES = 2_000_000
_MOST_ERRORS = 30


def make(
    stage: Stage, plan: Plan, log: Log, found: Found, promises: list[Promise], *, seconds: float, cpu_s: float
) -> dict[str, Any]:
    """The signed report. `seconds`: how long it all took; `cpu_s`: what the made-up candidates cost here."""
    share = cpu_s / max(0.1, seconds)
    body: dict[str, Any] = {
        "kind": KIND,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "address": stage.address,
        "host": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "plan": asdict(plan),
        "passed": all(each.holds for each in promises),
        "promises": [asdict(each) for each in promises],
        "figures": figures(plan, log, found),
        "cost_of_a_candidate": cost(plan, log, found),
        "errors": dict(log.errors.most_common(_MOST_ERRORS)),
        "other_incidents": found.other_incidents,
        "load": {
            "seconds": round(seconds, 1),
            "cpu_seconds": round(cpu_s, 1),
            "trustworthy": share < LOAD_SHARE,
        },
    }
    kid, signature = signing_keys.sign(_signed(body))
    return body | {"signature": {"key": kid, "value": signature}}


def verify(text: str) -> dict[str, Any]:
    """The report in a file. Raises InvalidInput when it is none, or was altered, or another key signed it."""
    try:
        report = json.loads(text)
    except ValueError as error:
        raise InvalidInput("This is no report of a rehearsal: it is not JSON.", field="verify") from error
    signature = report.pop("signature", None) if isinstance(report, dict) else None
    if not isinstance(signature, dict) or report.get("kind") != KIND:
        raise InvalidInput("This is no report of a rehearsal.", field="verify")
    key, value = str(signature.get("key")), str(signature.get("value"))
    if not signing_keys.verify(_signed(report), key, value):
        raise InvalidInput(
            "The signature does not fit: the report was altered, or made with another key.", field="verify"
        )
    return {str(name): each for name, each in report.items()}


def write(report: dict[str, Any], path: Path) -> Path:
    """Writes the JSON at `path` and the Markdown beside it; the path of the Markdown."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    readable = path.with_suffix(".md")
    readable.write_text(as_markdown(report), encoding="utf-8")
    return readable


def as_markdown(report: dict[str, Any]) -> str:
    """The report to read."""
    plan = report["plan"]
    lines = [
        f"# Rehearsal: {'all promises held' if report['passed'] else 'NOT ALL PROMISES HELD'}",
        "",
        f"{report['made_at']}, {report['address']}, {plan['candidates']} made-up candidates for "
        f"{plan['seconds']:g} s, {plan['proctors']} watching; load from {report['host']}.",
        "",
        "| promise | wanted | found | |",
        "|---|---|---|---|",
    ]
    for each in report["promises"]:
        held = "held" if each["holds"] else "**not held**"
        lines.append(f"| {each['name']} | {each['wanted']} | {each['found']} | {held} |")
    for title, part in (
        ("Figures", "figures"),
        ("Cost of a candidate", "cost_of_a_candidate"),
        ("Errors, each time", "errors"),
        ("Incidents that were not planned", "other_incidents"),
    ):
        lines += ["", f"## {title}", ""]
        lines += [f"- {name}: {_words(value)}" for name, value in report[part].items()] or ["- none"]
    load = report["load"]
    lines += ["", f"The load took {load['cpu_seconds']} s of CPU in {load['seconds']} s."]
    if not load["trustworthy"]:
        lines.append(
            "**That is nearly a whole core: the times may be those of the load, not of the server.**"
        )
    lines += [
        "",
        f"Signed with the key {report['signature']['key']}; `manage.py rehearse --verify` checks it.",
    ]
    return "\n".join(lines) + "\n"


def figures(plan: Plan, log: Log, found: Found) -> dict[str, Any]:
    """Delays in ms and counts, by their names."""
    timed = {
        "check-in": log.checked_in_s,
        "first question": log.first_question_s,
        "save": log.saved_s,
        "alert": log.alerts_s(),
        "line back": log.back_s,
    }
    measured: dict[str, Any] = {
        f"{name}, ms": {f"p{part}": _ms(percentile(values, part / 100)) for part in (50, 95, 99)}
        | {"n": len(values)}
        for name, values in timed.items()
    }
    return measured | {
        "answers acknowledged": found.acknowledged,
        "answers lost": len(found.lost),
        "saves sent again": log.repeated_saves,
        "pictures looked at": log.analysed,
        "pictures put off": log.shed,
        "pictures not taken": dict(log.frame_codes),
        "pictures looked at, of a candidate in a second": round(
            log.analysed / max(1.0, plan.candidates * plan.seconds), 2
        ),
        "recordings heard": log.clips_heard,
        "recordings put off": log.clips_put_off,
        "browser events taken": log.events_taken,
        "lines lost": log.lost_lines,
    }


def cost(plan: Plan, log: Log, found: Found) -> dict[str, Any]:
    """Of one candidate on average, planned incidents and all."""
    minutes = plan.candidates * max(1.0, plan.seconds) / 60
    return {
        "kbit a second up": round(log.bytes_up * 8 / 1000 / (minutes * 60), 1),
        "rows a minute": {name: round(count / minutes, 1) for name, count in found.rows.items()},
        "bytes of evidence a minute": round(found.bytes_stored / minutes),
    }


def _words(value: Any) -> str:
    """A figure, or several with their names."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {'-' if each is None else each}" for name, each in value.items()) or "none"
    return str(value)


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def _signed(body: dict[str, Any]) -> bytes:
    """The kind goes first, so that the signature fits nothing else."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return f"{KIND}\n{text}".encode("ascii")
