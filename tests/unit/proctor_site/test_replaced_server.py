"""The stand-in for the replaced systems, which ours is measured beside, does what they did."""

import asyncio
import json
from typing import Any

import cv2
import numpy as np

from proctor_site.rehearsal.pictures import media
from proctoring.bench import replaced
from tests.load.replaced_server import application


def body_of(jpeg: bytes) -> bytes:
    return replaced.encode_request(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))


def ask(path: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """One request; its body comes in two parts, as large ones do."""
    parts = [body[:100_000], body[100_000:]]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(application({"type": "http", "path": path}, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_faces_are_counted_and_compared() -> None:
    alone, two = (body_of(each) for each in (media(15).alone[0], media(15).two[0]))
    assert ask("/detect_faces", alone) == (200, {"id": "1", "multiple_detected": False})
    assert ask("/detect_faces", two) == (200, {"id": "1", "multiple_detected": True})
    assert ask("/reference", alone) == (200, {"reference_image_uploaded": True})
    status, said = ask("/api/same_faces", alone)
    assert (status, said["multiple_detected"], said["different_faces_detected"]) == (200, False, False)
    assert ask("/elsewhere", b"{}")[0] == 404
