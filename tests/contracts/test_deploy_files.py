"""The files in deploy/ name settings that exist, and the proxy sends each address where it belongs."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.urls import resolve
from prometheus_client import Counter
from prometheus_client.metrics import MetricWrapperBase

from proctor_site import roles
from proctor_site.kernel import figures
from proctor_site.settings import env
from proctoring.compat.routes import Route
from proctoring.compat.table import ROUTES as COMPAT
from tests.contracts.project_files import ROOT
from tests.contracts.routes import all_routes

DEPLOY = ROOT / "deploy"
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
PROMETHEUS = DEPLOY / "prometheus"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OURS = ("migrate", "web", "capture", "worker")


@pytest.mark.parametrize(
    "path",
    sorted(path for path in DEPLOY.rglob("*.*") if path.is_file() and path.parent.name != "janus")
    + [DEPLOY / "Dockerfile"],
    ids=lambda path: path.name,
)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    named = set(
        re.findall(
            r"\b(PROCTOR_[A-Z_0-9]*[A-Z0-9]|DATABASE_URL\w*|REDIS_URL\w*)\b", path.read_text(encoding="utf-8")
        )
    )
    assert named - env.KNOWN_NAMES == set()


def test_compose_runs_each_role_of_one_image_without_rights() -> None:
    services = {name: COMPOSE["services"][name] for name in OURS}
    assert {each["image"] for each in services.values()} == {"proctor"}
    for each in services.values():
        assert (each["read_only"], each["cap_drop"]) == (True, ["ALL"])
        assert set(each["secrets"]) <= set(COMPOSE["secrets"])
        assert not [name for name in each["environment"] if name.endswith(("_KEY", "_SECRET", "_PASSWORD"))]
    found = [services[name]["environment"].get("PROCTOR_ROLE") for name in OURS]
    assert found == [None, "web", "capture", "worker"]
    volumes = {
        each.split(":")[0] for each in sum((service.get("volumes", []) for service in services.values()), [])
    }
    assert volumes <= set(COMPOSE["volumes"])
    assert not [name for name, each in COMPOSE["services"].items() if each["image"].endswith(":latest")]


def _figures() -> set[str]:
    """Names as Prometheus reads them, of what is counted and of what is asked."""
    counted = [each for each in vars(figures).values() if isinstance(each, MetricWrapperBase)]
    told = {f"{each._name}_total" if isinstance(each, Counter) else each._name for each in counted}
    source = (ROOT / "proctor_site/metrics.py").read_text(encoding="utf-8")
    return told | set(re.findall(r'"(proctor_[a-z_]+)"', source))


def test_every_figure_is_in_the_table_and_nothing_else() -> None:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert set(re.findall(r"(?m)^\| `(proctor_[a-z_]+)` \|", text)) == _figures()


def test_prometheus_asks_every_role_where_it_answers_and_calls_by_figures_that_exist() -> None:
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = config["scrape_configs"]
    assert resolve(job["metrics_path"]).url_name == "health_metrics"
    ports = {each["labels"]["role"]: each["targets"][0].split(":")[1] for each in job["static_configs"]}
    upstreams = dict(re.findall(r"upstream proctor_(\w+) \{ server 127.0.0.1:(\d+);", NGINX))
    own = {name: (DEPLOY / f"{name}.env").read_text(encoding="utf-8") for name in ports}
    assert ports == {name: re.findall(r"(?m)^PROCTOR_PORT=(\d+)$", text)[0] for name, text in own.items()}
    assert ports == {**upstreams, "worker": "8002"}
    assert [(PROMETHEUS / name).is_file() for name in config["rule_files"]] == [True]
    rules = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    for rule in rules:
        named = {re.sub(r"_bucket$", "", name) for name in re.findall(r"proctor_[a-z_]+", rule["expr"])}
        assert named <= _figures(), rule["alert"]
        assert rule["labels"]["severity"] in ("page", "warn") and rule["annotations"]["do"]
    assert len({rule["alert"] for rule in rules}) == len(rules) > 8


def _seconds(words: str) -> int:
    return int(re.findall(r"\d+", words)[0])


def test_there_is_time_for_a_stop() -> None:
    """The delay, five seconds for requests, and then a minute for a job, the analysis and what is flushed."""
    env_file = (DEPLOY / "common.env").read_text(encoding="utf-8")
    delay = _seconds(re.findall(r"PROCTOR_STOP_DELAY=(\d+)", env_file)[0])
    unit = (DEPLOY / "systemd/proctor@.service").read_text(encoding="utf-8")
    assert delay + 5 + 60 <= _seconds(re.findall(r"TimeoutStopSec=(\d+)", unit)[0])
    for name in ("web", "capture", "worker"):
        service = COMPOSE["services"][name]
        wanted = int(service["environment"]["PROCTOR_STOP_DELAY"]) + 5 + 60
        assert wanted <= _seconds(service["stop_grace_period"])


def _goes_to(path: str) -> str:
    """The upstream that nginx chooses: exact, then the longest prefix unless a regular expression fits."""
    locations = re.findall(r"location (=|~)? ?(\S+) \{(.*?)\}", _flat(NGINX), re.DOTALL)
    regular = [(where, body) for kind, where, body in locations if kind == "~" and re.search(where, path)]
    prefixes = [(where, body) for kind, where, body in locations if not kind and path.startswith(where)]
    body = regular[0][1] if regular else max(prefixes, key=lambda each: len(each[0]))[1]
    return re.findall(r"proxy_pass http://proctor_(\w+);", body)[0]


def forms_of(route: Route) -> list[str]:
    """An address of a replaced system in every form in which it answers."""
    path = re.sub(r"<\w+>", "abc", route.path)
    tails = [path, f"{path}/", f"api/{path}", f"api/{path}/"] if path else ["", "api/"]
    return [f"/{head}{tail}" for head in ("", "compat/prc_x/") for tail in tails]


def _flat(text: str) -> str:
    return re.sub(r"#.*", "", text)


def _example(pattern: str) -> str:
    values = {
        "int": "7",
        "uuid": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "slug": "demo",
        "str": "abc",
        "path": "a/b",
    }
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: values.get(found[1] or "str", "abc"), pattern)


def test_the_proxy_sends_each_route_to_the_role_that_answers_it() -> None:
    paths = {_example(route.pattern) for route in all_routes() if "(?P" not in route.pattern}
    paths |= {"/ws/attempts/7/", "/ws/i/demo/sittings/7/", "/ws/i/demo/meetings/7/"}
    paths |= {form for route in COMPAT for form in forms_of(route)} | {"/socket.io/", "/compat/prc_x/"}
    paths -= {path for path in paths if path.startswith(roles.EVERYWHERE)}
    wrong = [path for path in sorted(paths) if not roles.answers(_goes_to(path), path)]
    assert wrong == []
    assert {_goes_to(path) for path in paths} == {"web", "capture"}


def test_what_old_clients_send_to_be_looked_at_goes_to_capture_and_nothing_else_of_theirs() -> None:
    for route in COMPAT:
        found = {bool(roles.CAPTURE.match(form)) for form in forms_of(route)}
        assert found == {route.is_looked_at}, route


def test_capture_addresses_are_all_real() -> None:
    paths = [_example(route.pattern) for route in all_routes()]
    found = [path for path in paths if roles.CAPTURE.match(path)]
    assert len(set(found)) == 16, found


@pytest.mark.parametrize("name", ["proctor-migrate.service", "proctor@web.service", "proctor@worker.service"])
def test_units_are_sound(name: str, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for path in UNITS:
        text = path.read_text(encoding="utf-8")
        # What would be there once it is installed.
        text = text.replace("/srv/proctor/.venv/bin/python", shutil.which("true") or "/bin/true")
        text = re.sub(r"(?m)^(User|Group)=.*$", r"\1=root", text)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    shutil.copytree(DEPLOY / "systemd/proctor@worker.service.d", tmp_path / "proctor@worker.service.d")
    if "@" in name:
        (tmp_path / "proctor@.service").rename(tmp_path / name)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / name)], capture_output=True, text=True
    )
    said = [line for line in done.stderr.splitlines() if name.split("@")[0] in line]
    assert (done.returncode, said) == (0, []), done.stderr
