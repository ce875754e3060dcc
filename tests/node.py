"""Runs ES modules of the project without a browser, in the Node.js that Playwright brings along."""

import json
import subprocess
from pathlib import Path
from typing import Any

import playwright
import pytest

from tests.contracts.project_files import ROOT

NODE = Path(playwright.__file__).parent / "driver" / "node"
_READ = "import {{ readFileSync }} from 'node:fs';\nconst given = JSON.parse(readFileSync(0, 'utf8'));\n{}"


def run_script(script: str, given: Any) -> Any:
    """What `script` prints as JSON; it finds `given`, and imports modules by "@static/js/...".

    Skips the test where Node.js does not run (Debian: libatomic1).
    """
    source = _READ.format(script.replace("@static", (ROOT / "static").as_uri()))
    command = [str(NODE), "--input-type=module", "--eval", source]
    try:
        done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, timeout=60)
    except OSError as error:
        pytest.skip(f"Playwright's Node.js does not run here: {error}")
    if done.returncode == 127:
        pytest.skip(f"Playwright's Node.js does not run here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
