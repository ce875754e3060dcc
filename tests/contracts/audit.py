"""`./run audit`: asks the advisory service of PyPI about every pinned package, and says so when it cannot."""

import json
import sys
import urllib.error
import urllib.request

from tests.contracts.project_files import ROOT

_ADDRESS = "https://api.osv.dev/v1/querybatch"
_SECONDS = 20.0


def pins() -> dict[str, str]:
    """Name and version of every package of constraints.txt. Raises ValueError for a pin that is not exact."""
    found = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if not text:
            continue
        name, equals, version = text.partition("==")
        if not equals or not version or any(sign in version for sign in "<>=~*, "):
            raise ValueError(f"constraints.txt: not an exact pin: {text}")
        found[name.lower().replace("_", "-")] = version
    return found


def main() -> int:
    """Status 0: nothing known; 1: advisories, named; 2: the service was not reached, so nothing is known."""
    asked = sorted(pins().items())
    query = {"queries": [{"package": {"ecosystem": "PyPI", "name": n}, "version": v} for n, v in asked]}
    request = urllib.request.Request(
        _ADDRESS, json.dumps(query).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            results = json.load(answer)["results"]
    except (OSError, ValueError, KeyError) as error:
        print(
            f"NOT ASKED: {_ADDRESS} was not reached ({type(error).__name__}). This says nothing about safety."
        )
        return 2
    bad = {pin: each["vulns"] for pin, each in zip(asked, results, strict=True) if each.get("vulns")}
    for (name, version), advisories in bad.items():
        print(f"{name} {version}: {', '.join(each['id'] for each in advisories)}")
    print(f"{len(asked)} packages asked, {len(bad)} with advisories")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
