"""`manage.py check` as an operator runs it: sound set-ups pass, wrong ones are refused with their reason."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contracts.project_files import ROOT

SOUND = {
    "PROCTOR_SECRET_KEY": "kZ8vQ2-" * 10,
    "PROCTOR_TEMPLATE_KEY": "another secret",
    "PROCTOR_EVIDENCE_KEY": "a third secret",
    "PROCTOR_SIGNING_KEY": "a fourth secret",
    "PROCTOR_BASE_URL": "https://exams.example.org",
    "PROCTOR_BEHIND_PROXY": "yes",
}


def check(data: Path, *options: str, **settings: str) -> tuple[int, str]:
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("PROCTOR_", "DJANGO_"))
    }
    plain |= {"PROCTOR_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "proctor_site.settings", **settings}
    command = (
        f"ulimit -n 4096 && exec {sys.executable} manage.py check --fail-level WARNING {' '.join(options)}"
    )
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, env=plain, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def data(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path


def _as_shipped(data: Path, role: str) -> dict[str, str]:
    """The settings of deploy/ for a role, with secrets where a test may write."""
    lines = "\n".join((ROOT / "deploy" / f"{name}.env").read_text() for name in ("common", role)).splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    for name in [each for each in settings if each.endswith("_FILE")]:
        secret = data / Path(settings[name]).name
        secret.write_text(f"{name}-kZ8vQ2-" * 9)
        settings[name] = str(secret)
    return settings | {"PROCTOR_ROLE": role}


@pytest.mark.parametrize("role", ["web", "capture"])
def test_deployment_as_shipped_is_clean(data: Path, role: str) -> None:
    status, said = check(data, "--deploy", **_as_shipped(data, role))
    assert status == 0, said


def test_own_machine_is_clean(data: Path) -> None:
    status, said = check(data, PROCTOR_SECRET_KEY=SOUND["PROCTOR_SECRET_KEY"])
    assert status == 0, said


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"PROCTOR_SECRET_KEY": ""}, "proctor.E002"),
        ({"PROCTOR_EVIDENCE_STOER": "s3"}, "proctor.E001"),
        ({"PROCTOR_WEB_PROCESSES": "2"}, "proctor.E003"),
        ({"PROCTOR_EVIDENCE_STORE": "s3"}, "proctor.E005"),
        (
            {
                "PROCTOR_EVIDENCE_STORE": "s3",
                "PROCTOR_S3_BUCKET": "evidence",
                "PROCTOR_S3_ACL": "public-read",
            },
            "proctor.E004",
        ),
        ({"PROCTOR_FACE_ENGINE": "no.such.Engine"}, "proctor.E007"),
        ({"PROCTOR_WEB_PROCESSES": "many"}, "PROCTOR_WEB_PROCESSES must be a whole number"),
        ({"PROCTOR_SECRET_KEY_FILE": "/nowhere/key"}, "PROCTOR_SECRET_KEY_FILE points at"),
    ],
)
def test_wrong_set_up_is_refused(data: Path, changed: dict[str, str], wanted: str) -> None:
    status, said = check(data, **(SOUND | changed))
    assert status != 0
    assert wanted in said


def test_http_address_is_not_fit_for_deployment(data: Path) -> None:
    status, said = check(data, "--deploy", **(SOUND | {"PROCTOR_BASE_URL": "http://exams.example.org"}))
    assert status != 0
    assert "proctor.W008" in said
