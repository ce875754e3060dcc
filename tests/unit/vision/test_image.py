"""Untrusted bytes: only ImageError, within limits, in bounded time; and measurements of good pictures."""

import base64
import pickle
import struct
import time
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proctoring.vision.image import (
    ImageCode,
    ImageError,
    ImageLimits,
    decode,
    encode_jpeg,
    encode_thumbnail,
    fit,
    from_data_url,
    measure_light,
)
from tests import media

FRAME = media.room((320, 240))
JPEG = encode_jpeg(FRAME)
PNG = cv2.imencode(".png", FRAME)[1].tobytes()
WEBP = cv2.imencode(".webp", FRAME)[1].tobytes()
LOSSLESS = cv2.imencode(".webp", FRAME, [cv2.IMWRITE_WEBP_QUALITY, 101])[1].tobytes()
KINDS = {"jpeg": JPEG, "png": PNG, "webp": WEBP, "lossless webp": LOSSLESS}


def code_of(data: bytes, **limits: int) -> ImageCode:
    with pytest.raises(ImageError) as caught:
        decode(data, ImageLimits(**limits))
    return caught.value.code


def png_declaring(width: int, height: int) -> bytes:
    """A complete little PNG whose header claims a huge picture: an image bomb."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", KINDS)
def test_reads_each_accepted_format(kind: str) -> None:
    frame = decode(KINDS[kind])
    assert frame.shape == (240, 320, 3) and frame.dtype == np.uint8
    assert abs(frame.astype(int) - FRAME.astype(int)).mean() < 8


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
def test_a_cut_file_is_truncated_never_a_grey_room(kind: str, share: float) -> None:
    data = KINDS[kind]
    assert code_of(data[: int(len(data) * share)]) is ImageCode.TRUNCATED


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff",
        b"hello" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\0" * 500,
        b"BM" + b"\0" * 500,
        b"RIFF\0\0\0\0WAVEfmt ",
        b"RIFF\0\0\0\0WEBPVP9 " + b"\0" * 40,
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0\0\x01" + b"\0" * 50,
    ],
)
def test_other_bytes_are_not_an_image(data: bytes) -> None:
    assert code_of(data) is ImageCode.NOT_AN_IMAGE


@pytest.mark.parametrize("sides", [(50_000, 50_000), (4096, 4096), (5000, 100), (2**31 - 1, 1)])
def test_an_image_bomb_is_refused_by_its_header(sides: tuple[int, int]) -> None:
    start = time.thread_time()
    assert code_of(png_declaring(*sides)) is ImageCode.TOO_MANY_PIXELS
    assert time.thread_time() - start < 0.5


def test_a_header_that_lies_downwards_fails_to_decode() -> None:
    """100 000 zero bytes do not fill 300x300 pixels: OpenCV must not hand back what is missing as black."""
    assert code_of(png_declaring(300, 300)) is ImageCode.DECODE_FAILED


def test_limits_on_bytes_and_sides() -> None:
    assert code_of(JPEG, max_bytes=len(JPEG) - 1) is ImageCode.TOO_LARGE
    assert decode(JPEG, ImageLimits(max_bytes=len(JPEG))).shape[0] == 240
    assert code_of(encode_jpeg(media.room((63, 100)))) is ImageCode.TOO_SMALL
    assert decode(encode_jpeg(media.room((64, 64)))).shape == (64, 64, 3)


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    assert code_of(JPEG[:-2] + b"\xff\xda\0\x02" * 1000 + b"\xff\xd9") is ImageCode.DECODE_FAILED


def test_error_survives_the_way_back_from_a_worker_process() -> None:
    error = pickle.loads(pickle.dumps(ImageError(ImageCode.TOO_LARGE, "9 bytes")))
    assert (error.code, error.message, str(error)) == (ImageCode.TOO_LARGE, "9 bytes", "too_large: 9 bytes")


@pytest.mark.parametrize("kind", KINDS)
def test_cut_and_mutated_bytes_only_raise_image_errors(kind: str) -> None:
    data = KINDS[kind]

    @settings(max_examples=60)
    @given(
        edits=st.lists(st.tuples(st.integers(0, len(data) - 1), st.integers(0, 255)), max_size=30),
        cut=st.one_of(st.none(), st.integers(0, len(data))),
        tail=st.binary(max_size=20),
    )
    def check(edits: list[tuple[int, int]], cut: int | None, tail: bytes) -> None:
        mutated = bytearray(data)
        for position, value in edits:
            mutated[position] = value
        start = time.process_time()
        try:
            frame = decode(bytes(mutated[:cut]) + tail)
        except ImageError:
            frame = None
        assert time.process_time() - start < 2
        assert frame is None or (frame.ndim == 3 and frame.dtype == np.uint8)

    check()


@given(st.text(max_size=300))
@settings(max_examples=100)
def test_any_text_as_data_url_only_raises_image_errors(text: str) -> None:
    try:
        assert from_data_url(text)
    except ImageError as error:
        assert error.code is ImageCode.NOT_AN_IMAGE


def test_data_urls_and_bare_base64() -> None:
    text = base64.b64encode(JPEG).decode()
    assert from_data_url("data:image/jpeg;base64," + text) == JPEG
    assert from_data_url("data:image/png;charset=utf-8;base64,\n" + text) == JPEG
    assert from_data_url(text) == JPEG
    for bad in ("", "data:image/png;base64,", "data:text/html;base64," + text, text + "*", "äöü"):
        with pytest.raises(ImageError):
            from_data_url(bad)
    with pytest.raises(ImageError) as caught:
        from_data_url("A" * 10_000, ImageLimits(max_bytes=1000))
    assert caught.value.code is ImageCode.TOO_LARGE


def test_large_pictures_are_decoded_reduced_and_keep_their_shape() -> None:
    data = encode_jpeg(media.room((2600, 1300)))
    assert decode(data, long_side=640).shape == (325, 650, 3)
    assert decode(data, long_side=1000).shape == (650, 1300, 3)
    assert fit(decode(data, long_side=640), 640).shape == (320, 640, 3)
    small = media.room((200, 100))
    assert fit(small, 640) is small


def test_thumbnail_is_small_and_keeps_the_aspect_ratio() -> None:
    data = encode_thumbnail(media.scene(["obama"]))
    assert decode(data).shape == (144, 192, 3)
    assert len(data) < 10_000


def test_light_measurements_order_scenes_as_an_eye_would() -> None:
    normal = measure_light(media.scene(["obama"]))
    dim = measure_light(media.scene(["obama"], brightness=0.3))
    blurred = measure_light(cv2.GaussianBlur(media.scene(["obama"]), (41, 41), 0))
    covered, dark = measure_light(media.covered_lens()), measure_light(media.dark_room())
    assert covered.brightness < dim.brightness < normal.brightness
    assert blurred.sharpness < normal.sharpness / 5
    assert covered.structure < dark.structure
