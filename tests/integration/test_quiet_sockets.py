"""A page that hears nothing for a while must still hear what comes then, over Redis."""

import os
import subprocess
import sys

import pytest

from tests.contracts.project_files import ROOT
from tests.integration import servers

QUIET_S = 12
"""Over twice as long as the longest blocking read that redis-py makes by itself."""
LISTEN = """
import asyncio, os, time
os.environ["DJANGO_SETTINGS_MODULE"] = "proctor_site.settings"
import django
django.setup()
from channels.layers import get_channel_layer

async def main():
    layer = get_channel_layer()
    assert type(layer).__name__ == "RedisPubSubChannelLayer", layer
    channel = await layer.new_channel()
    await layer.group_add("quiet", channel)
    listening = asyncio.ensure_future(layer.receive(channel))
    await asyncio.sleep({seconds})
    assert not listening.done(), listening.exception()
    await layer.group_send("quiet", {{"type": "live.event", "number": 7}})
    print((await asyncio.wait_for(listening, 30))["number"])

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.redis
def test_a_quiet_group_stays_connected() -> None:
    """redis-py 8 ends blocking reads after 5 s by default; channels_redis then loses the socket's group."""
    with servers.redis_database() as url:
        if not url:
            pytest.skip(servers.why_no_redis(url))
        done = subprocess.run(
            [sys.executable, "-c", LISTEN.format(seconds=QUIET_S)],
            cwd=ROOT,
            env=os.environ | {"REDIS_URL": url},
            capture_output=True,
            text=True,
        )
    assert (done.returncode, done.stdout.strip()) == (0, "7"), done.stderr
