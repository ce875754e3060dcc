"""What the replaced systems did with one frame, kept only to be measured against.

Their browsers drew the frame to a canvas and posted it as a base64 PNG in JSON; the server called
``face_recognition.face_locations`` with its defaults (HOG, upsampled once) and took more than one box for an
alarm. EngineError when face_recognition cannot be imported.
"""

import base64
import io
import json

import cv2

from proctoring.vision.engines.base import Frame
from proctoring.vision.engines.dlib_faces import import_face_recognition


def encode_request(frame: Frame) -> bytes:
    """The request body for a BGR frame, as the replaced clients made it."""
    png = cv2.imencode(".png", frame)[1].tobytes()
    return json.dumps({"base64_img": "data:image/png;base64," + base64.b64encode(png).decode()}).encode()


def count_faces(body: bytes) -> int:
    """Number of faces in a request body, found as the replaced server did."""
    api = import_face_recognition()
    text = json.loads(body)["base64_img"].split(",", 1)[1]
    image = api.load_image_file(io.BytesIO(base64.b64decode(text)))
    return len(api.face_locations(image))
