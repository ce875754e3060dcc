"""The same line on Redis: last seconds, presence and live events between processes."""

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from channels.layers import channel_layers, get_channel_layer
from django.core.cache import cache

from accounts.tenancy import within
from proctoring.analysis import recent
from proctoring.live import presence, publish
from proctoring.models import EvidenceItem, Incident, MonitoringSession
from proctoring.models.live_event import Audience
from tests.capture import RED, FrameFeed, frame
from tests.pace import Stopwatch

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.redis,
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="there is no redis-server to start"),
]


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    client = redis.Redis.from_url(url)
    for _ in range(100):
        try:
            client.ping()
            break
        except redis.ConnectionError:
            time.sleep(0.05)
    yield url
    client.close()
    server.terminate()
    server.wait()


@pytest.fixture
def on_redis(settings: Any, redis_url: str) -> Iterator[None]:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}
    }
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": redis_url, "socket_timeout": None}]},
        }
    }
    channel_layers.backends.clear()
    yield
    cache.clear()
    channel_layers.backends.clear()


@pytest.mark.usefixtures("on_redis", "scripted", "scoped")
def test_a_whole_incident_with_evidence(session: MonitoringSession) -> None:
    feed = FrameFeed(session)
    for _ in range(3):
        feed.send(frame(RED))
    for _ in range(4):
        answer = feed.send(frame())
    assert answer.incidents == ["no_face"]
    assert feed.send(frame(), seconds=0).accepted
    assert EvidenceItem.objects.filter(incident=Incident.objects.get()).count() >= 5
    assert presence.read(session.attempt_id).analysed == 8
    sequence, picture = presence.thumbnails([session.attempt_id])[session.attempt_id]
    assert (sequence, picture[:3]) == (8, b"\xff\xd8\xff")
    assert recent.begin(session.pk)
    assert not recent.begin(session.pk)
    recent.forget(session.pk)
    assert recent.load(session.pk) == recent.Memory()


@pytest.mark.usefixtures("on_redis", "scripted", "scoped")
def test_frames_leave_redis_by_age_and_vectors_never_enter_it(
    session: MonitoringSession, redis_url: str
) -> None:
    FrameFeed(session).send(frame(RED))
    client = redis.Redis.from_url(redis_url)
    frames = [key for key in client.keys("*recent:*") if key.count(b":") >= 4]
    assert len(frames) == 1
    assert 0 < client.ttl(frames[0]) <= 20
    client.close()


@pytest.mark.usefixtures("on_redis")
async def test_an_event_from_a_thread_reaches_a_socket_at_once(sitting: Any) -> None:
    publish.bind_loop(asyncio.get_running_loop())
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(f"sitting.{sitting.pk}.proctors", channel)

    def record() -> None:
        with within(sitting.institution):
            publish.record_event(
                sitting.institution,
                kind="test.event",
                payload={},
                audience=Audience.PROCTORS,
                sitting=sitting,
            )

    with Stopwatch() as watch:
        await asyncio.to_thread(record)
        message = await asyncio.wait_for(layer.receive(channel), 20)
    assert message["event"]["kind"] == "test.event"
    assert watch.own_seconds < 1.0
    await layer.group_discard(f"sitting.{sitting.pk}.proctors", channel)
    await layer.flush()
