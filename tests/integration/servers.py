"""Finds PostgreSQL and Redis on loopback, starts an S3 fake, and gives the environment that uses them."""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import boto3
import psycopg
import redis
from moto.moto_api._internal import moto_api_backend
from moto.server import ThreadedMotoServer

POSTGRESQL = os.environ.get(
    "TEST_POSTGRESQL_URL", f"postgresql://postgres@127.0.0.1:5432/proctor_{os.getpid()}"
)
"""The database need not exist: the run makes `test_<name>` and drops it. Each run has a name of its own."""
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379")
BUCKET = "proctor-evidence"


def quick_postgresql() -> str:
    """`POSTGRESQL` for tests that look at what is in the database, not at whether it outlives a power cut."""
    joint = "&" if urlsplit(POSTGRESQL).query else "?"
    return f"{POSTGRESQL}{joint}options=-c%20synchronous_commit%3Doff"


def why_no_postgresql() -> str:
    """Empty when PostgreSQL answers and lets us make a database, else the reason in words."""
    server = urlsplit(POSTGRESQL)._replace(path="/postgres").geturl()
    try:
        with psycopg.connect(server, connect_timeout=3) as connection:
            may = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            )
            allowed = may.fetchone()
    except psycopg.Error as error:
        return f"PostgreSQL does not answer at {_place(POSTGRESQL)} ({str(error).splitlines()[0]})"
    return "" if allowed and allowed[0] else f"the user at {_place(POSTGRESQL)} may not create a database"


@contextmanager
def redis_database() -> Iterator[str]:
    """Address of an empty Redis database that no other run uses, "" when there is none.

    The tests empty the one they use, so it is claimed by a key in database 0 that expires by itself.
    """
    client = redis.Redis.from_url(f"{REDIS}/0", socket_connect_timeout=2)
    try:
        number = next((each for each in range(15, 0, -1) if _claim(client, each)), 0)
    except redis.RedisError:
        number = 0
    try:
        yield f"{REDIS}/{number}" if number else ""
    finally:
        if number:
            client.delete(_claim_key(number))
        client.close()


def _claim(client: "redis.Redis", number: int) -> bool:
    if not client.set(_claim_key(number), os.getpid(), nx=True, ex=1_800):
        return False
    with redis.Redis.from_url(f"{REDIS}/{number}") as database:
        is_empty = database.dbsize() == 0
    if not is_empty:
        client.delete(_claim_key(number))
    return is_empty


def _claim_key(number: int) -> str:
    return f"proctor-tests:database:{number}"


def why_no_redis(url: str) -> str:
    """The reason in words when `redis_database` gave no address."""
    return "" if url else f"Redis does not answer at {_place(REDIS)}, or has no empty database"


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}"


@contextmanager
def s3_fake() -> Iterator[dict[str, str]]:
    """An S3-compatible server on a free loopback port with our bucket; yields the settings that name it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # it would log every request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    settings = {
        "PROCTOR_EVIDENCE_STORE": "s3",
        "PROCTOR_S3_BUCKET": BUCKET,
        "PROCTOR_S3_ENDPOINT": f"http://127.0.0.1:{port}",
        "PROCTOR_S3_REGION": "eu-central-1",
        "PROCTOR_S3_ACCESS_KEY": "testing",
        "PROCTOR_S3_SECRET_KEY": "testing",
    }
    try:
        client = boto3.client(
            "s3",
            endpoint_url=settings["PROCTOR_S3_ENDPOINT"],
            region_name=settings["PROCTOR_S3_REGION"],
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        yield settings
    finally:
        moto_api_backend.reset()  # what it holds outlives the server, and the next one would find our bucket
        server.stop()
