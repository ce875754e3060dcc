"""The receivers in docs/api/examples take what we sign, once, and nothing else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from accounts.models import Institution, User
from accounts.webhooks import endpoints, outbox, posting, sending, signing
from proctor_site.kernel import clock
from tests.contracts.project_files import ROOT
from tests.factories.webhooks import new_webhook
from tests.node import NODE

EXAMPLES = ROOT / "docs/api/examples"
COMMANDS = {"python": [sys.executable, "webhooks.py"], "javascript": [str(NODE), "webhooks.mjs"]}


@contextmanager
def _running(command: list[str], secret: str) -> Iterator[tuple[str, Any]]:
    environment = {**os.environ, "WEBHOOK_SECRET": secret}
    try:
        here = subprocess.Popen(
            [*command, "0"], cwd=EXAMPLES, env=environment, stdout=subprocess.PIPE, text=True
        )
    except OSError as error:
        pytest.skip(f"Playwright's Node.js does not run here: {error}")
    assert here.stdout is not None
    try:
        said = here.stdout.readline().split()
        if not said:
            pytest.skip("Playwright's Node.js does not run here")
        yield f"http://127.0.0.1:{said[1]}/", here.stdout
    finally:
        here.terminate()
        here.wait(10)
        here.stdout.close()


@pytest.mark.parametrize("language", COMMANDS)
def test_a_receiver_takes_what_is_signed_once(
    language: str, scoped: Institution, admin_member: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    monkeypatch.setattr(outbox, "ask_for_sending", lambda *_, **__: None)
    made, secret = new_webhook(scoped, "http://127.0.0.1:1/", actor=admin_member)
    with _running(COMMANDS[language], secret) as (url, output):
        made.url = url
        made.save()
        message = outbox.write("results.released", {"sitting": 7}, [made])[0]
        endpoints.rotate(made, grace_hours=1, actor=admin_member)  # the former secret signs too
        assert sending.send(made, message) and sending.send(made, message)
        body, moment = b'{"type":"forged","data":{}}', int(clock.now().timestamp())
        forged = signing.headers_for("msg_2", moment, body, [signing.new_secret()])
        late = signing.headers_for("msg_3", moment - 3_600, body, [secret])
        for headers in (forged, late, {"webhook-signature": "v1,"}):
            assert posting.post(url, body, headers).status == 401
        good = signing.headers_for("msg_4", moment, b'{"type":"last","data":{}}', [secret])
        assert posting.post(url, b'{"type":"last","data":{}}', good).status == 204
        said = [output.readline().split()[0] for _ in range(2)]
    assert said == ["results.released", "last"], "twice the same is once, forged and late ones never"
