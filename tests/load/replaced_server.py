"""What the replaced systems did with a frame, as a server of our own writing, to be measured beside ours.

One process; the picture is looked at in the request, nothing is stored, nobody signs in, and no sound is
taken: theirs went to a service outside. `/detect_faces` counts faces (HOG: `proctoring.bench.replaced`);
`/api/same_faces` counts and compares with a reference photo, whose encoding is kept here, while the replaced
server fetched and encoded that photo again for each frame. `PUT /reference` sets the photo.
"""

import base64
import io
import json
from collections.abc import Awaitable, Callable
from typing import Any

from proctoring.bench import replaced
from proctoring.vision.engines.dlib_faces import import_face_recognition

TOLERANCE = 0.6
"""Of face_recognition.compare_faces unless told otherwise, as it was."""
_kept: dict[str, Any] = {}


def _picture(body: bytes) -> Any:
    text = json.loads(body)["base64_img"].split(",", 1)[1]
    return import_face_recognition().load_image_file(io.BytesIO(base64.b64decode(text)))


def _detect(body: bytes) -> dict[str, Any]:
    return {"id": "1", "multiple_detected": replaced.count_faces(body) > 1}


def _compare(body: bytes) -> dict[str, Any]:
    api, picture = import_face_recognition(), _picture(body)
    boxes = api.face_locations(picture)
    found = api.face_encodings(picture, known_face_locations=boxes)
    same = [bool(each) for each in api.compare_faces(found, _kept["reference"], tolerance=TOLERANCE)]
    return {"id": "1", "multiple_detected": len(boxes) > 1, "different_faces_detected": not all(same)}


def _keep_reference(body: bytes) -> dict[str, Any]:
    _kept["reference"] = import_face_recognition().face_encodings(_picture(body))[0]
    return {"reference_image_uploaded": True}


_ANSWERS: dict[str, Callable[[bytes], dict[str, Any]]] = {
    "/detect_faces": _detect,
    "/api/same_faces": _compare,
    "/reference": _keep_reference,
}


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """ASGI. The work is done on the event loop, as theirs was: the library holds the interpreter anyway."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    answer = _ANSWERS.get(scope["path"])
    status = 200 if answer else 404
    said = json.dumps(answer(body) if answer else {"detail": "Not Found"}).encode()
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(said)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": said})
