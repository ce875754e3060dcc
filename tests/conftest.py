"""Fixtures of every test: people of two institutions, signed-in clients, a real server, a clean cache."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Sync Playwright leaves an event loop in the test's thread; without this the ORM refuses to work there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

import pytest
import uvicorn
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.test import Client
from hypothesis import HealthCheck, settings
from rest_framework.test import APIClient

from accounts.models import Institution, User
from accounts.tenancy import within
from proctoring import coverage
from proctoring.analysis import pool
from proctoring.meetings.providers import guarded
from tests.quick_analysis import lent_to_a_server
from tests.quick_database import begin_with_a_copy
from tests.quick_emptying import empty_after_tests_that_commit
from tests.quick_static import look_for_static_files_once

pytest_plugins = ["tests.people", "tests.lanes"]

# The cores are shared: how long one example takes says nothing.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")

empty_after_tests_that_commit()
look_for_static_files_once()
begin_with_a_copy()

BACKEND = "django.contrib.auth.backends.ModelBackend"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are called by their number: what is made anew in each run (archives hold times) has no steady
    name, and processes that share the tests have to agree on names."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(autouse=True)
def clean_cache() -> Iterator[None]:
    """The cache outlives a test's transaction, so it is emptied around each test; so are other memories."""
    cache.clear()
    guarded.reset()
    yield
    cache.clear()
    coverage.forget_all()


@pytest.fixture(autouse=True)
def no_connection_left() -> Iterator[None]:
    """Closes what coroutines and ended threads of a test opened: Django gives each one of its own."""
    opened: list[tuple[threading.Thread, BaseDatabaseWrapper]] = []

    def note(connection: BaseDatabaseWrapper, **more: Any) -> None:
        opened.append((threading.current_thread(), connection))

    connection_created.connect(note)
    yield
    connection_created.disconnect(note)
    here = threading.current_thread()
    for thread, each in opened:
        if each is not connections[DEFAULT_DB_ALIAS] and (thread is here or not thread.is_alive()):
            each.inc_thread_sharing()
            each.close()


@pytest.fixture
def folder_store(settings: Any, tmp_path: Path) -> Path:
    """Evidence in a folder, also when the suite runs on an S3 store: for tests that look into it."""
    stores = {
        alias: {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": str(tmp_path / alias),
                "base_url": None,
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
        for alias in ("evidence", "identity")
    }
    settings.STORAGES = settings.STORAGES | stores
    settings.EVIDENCE_SPOOL = tmp_path / "spool"
    return tmp_path


@pytest.fixture
def memory_cache(settings: Any) -> None:
    """A cache in memory, also when the suite runs on Redis: for tests that look at everything in it."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


@pytest.fixture
def scoped(institution: Institution) -> Iterator[Institution]:
    """Runs the test inside the scope of `institution`."""
    with within(institution):
        yield institution


@pytest.fixture
def browser_of() -> Callable[..., Client]:
    """Makes a signed-in client for pages and admin: `browser_of(user)`; None: signed out."""

    def make(user: User | None = None, **options: Any) -> Client:
        client = Client(**options)
        if user is not None:
            client.force_login(user, backend=BACKEND)
        return client

    return make


@pytest.fixture
def api_of() -> Callable[..., APIClient]:
    """Makes a signed-in API client that sends JSON: `api_of(user)`; CSRF is checked only when asked for."""

    def make(user: User | None = None, **options: Any) -> APIClient:
        client = APIClient(**options)
        client.default_format = "json"
        if user is not None:
            client.force_login(user, backend=BACKEND)
        return client

    return make


@pytest.fixture
def asgi_server(transactional_db: None) -> Iterator[str]:
    """The real application on a free loopback port, in a thread of this process; yields its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config("proctor_site.asgi:application", log_level="warning", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    with lent_to_a_server():
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start; its log is above"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pool._starting:  # the server would wait for an analysis that it is just starting
            server.should_exit = True
        thread.join(10)
    listener.close()
    assert not thread.is_alive(), "the server did not stop within 10 s"
