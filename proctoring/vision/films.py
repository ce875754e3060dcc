"""Cuts a film into pictures and pieces of sound, within bounds, in a process of its own; no Django.

Decoders are large and eat strangers' bytes: what brings one down, or keeps it busy, ends that process alone.
"""

import io
import os
import resource
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

SOUND_HZ = 16_000
SOUND_PIECE_S = 30
_SILENT_FOR_S = 60.0
"""A process that says nothing for so long hangs."""
_MOST_CPU_S = 1_800
_MOST_MEMORY = 3_000_000_000
_JPEG_QUALITY = 85
_CODECS = frozenset(
    {"h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "libvpx-vp9", "mpeg4", "mjpeg", "theora"}
)
_SOUNDS = frozenset({"opus", "vorbis", "aac", "mp3", "mp3float", "flac", "pcm_s16le"})


class FilmError(ValueError):
    """The bytes are no film that is accepted; `code` for programs, `message` for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)  # both, so that it survives the pipe
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class FilmLimits:
    """What is accepted, and how many pictures are taken at most: of longer films fewer a second."""

    max_seconds: float = 3_600.0
    max_pixels: int = 8_300_000
    max_side: int = 4_096
    long_side: int = 1_280
    most_pictures: int = 1_800
    least_step_s: float = 0.5


@dataclass(frozen=True, slots=True)
class Piece:
    """A picture (JPEG) or some seconds of sound (WAV) of the film. `at`: seconds from its begin."""

    at: float
    data: bytes
    is_sound: bool = False


def container_of(data: bytes) -> str:
    """The demuxer for these first bytes. Raises FilmError: by no other one is anything opened, because some
    follow addresses that stand in the file."""
    if data[4:8] == b"ftyp":
        return "mp4"
    if data.startswith(b"\x1aE\xdf\xa3"):
        return "matroska"
    if data.startswith(b"OggS"):
        return "ogg"
    if data.startswith(b"RIFF") and data[8:12] == b"AVI ":
        return "avi"
    raise FilmError("not_a_film", "this is no film: MP4, WebM, Matroska, Ogg and AVI are accepted")


def pieces_of(
    data: bytes, *, every_frames: float, with_sound: bool, limits: FilmLimits
) -> Iterator[Piece | float]:
    """First the film's seconds, as far as it tells (else 0.0); then its pictures in order, then its sound.

    From another process, which decodes ahead no further than a pipe holds. Raises FilmError, also in the
    middle.
    """
    container_of(data)
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(
        target=_work, args=(theirs, data, every_frames, with_sound, limits), daemon=True
    )
    process.start()
    theirs.close()
    try:
        while True:
            if not ours.poll(_SILENT_FOR_S):
                raise FilmError("took_too_long", "decoding the film took too long")
            try:
                found = ours.recv()
            except EOFError as error:
                raise FilmError("decode_failed", "the film cannot be decoded") from error
            if found is None:
                return
            if isinstance(found, FilmError):
                raise found
            yield found
    finally:
        ours.close()
        process.kill()
        process.join()


def _work(pipe: Connection, data: bytes, every_frames: float, with_sound: bool, limits: FilmLimits) -> None:
    os.nice(15)
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_S, _MOST_CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    try:
        for piece in cut(data, every_frames=every_frames, with_sound=with_sound, limits=limits):
            pipe.send(piece)
        pipe.send(None)
    except FilmError as error:
        pipe.send(error)
    finally:
        pipe.close()


def cut(data: bytes, *, every_frames: float, with_sound: bool, limits: FilmLimits) -> Iterator[Piece | float]:
    """The same in this process: for the one made for it, and for tests."""
    import av  # noqa: PLC0415  (only where a film is cut)

    try:
        yield from _pictures(data, every_frames, limits)
        if with_sound:
            yield from _sounds(data, limits)
    except (av.FFmpegError, ValueError, IndexError, MemoryError) as error:  # PyAV raises all of them
        if isinstance(error, FilmError):
            raise
        raise FilmError("decode_failed", "the film cannot be decoded") from error


def _pictures(data: bytes, every_frames: float, limits: FilmLimits) -> Iterator[Piece | float]:
    import av  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    from proctoring.vision.image import encode_jpeg, fit  # noqa: PLC0415

    with av.open(io.BytesIO(data), "r", format=container_of(data), metadata_errors="ignore") as film:
        if not film.streams.video:
            raise FilmError("no_picture", "the film has no pictures")
        stream = film.streams.video[0]
        told = (film.duration or 0) / av.time_base
        _check(stream.codec_context.name, stream.codec_context.width, stream.codec_context.height, limits)
        _check_length(told, limits)
        yield told
        rate = float(stream.average_rate or stream.guessed_rate or 25)
        step = max(every_frames / max(rate, 1.0), limits.least_step_s)
        step = max(step, (told or limits.max_seconds) / limits.most_pictures)
        begin, due, count = None, 0.0, 0
        for number, frame in enumerate(film.decode(stream)):
            time = frame.time if frame.time is not None else number / rate
            begin = time if begin is None else begin
            at = time - begin
            _check_length(at, limits)
            if at + 1e-6 < due or count >= limits.most_pictures:
                continue
            _check(stream.codec_context.name, frame.width, frame.height, limits)
            pixels = np.rot90(frame.to_ndarray(format="bgr24"), round(frame.rotation / 90) % 4)
            yield Piece(at, encode_jpeg(fit(np.ascontiguousarray(pixels), limits.long_side), _JPEG_QUALITY))
            count, due = count + 1, at + step
        if not count:
            raise FilmError("no_picture", "the film has no pictures")


def _sounds(data: bytes, limits: FilmLimits) -> Iterator[Piece]:
    import av  # noqa: PLC0415

    with av.open(io.BytesIO(data), "r", format=container_of(data), metadata_errors="ignore") as film:
        streams = [each for each in film.streams.audio if each.codec_context.name in _SOUNDS]
        if not streams:
            return
        resampler = av.AudioResampler("s16", "mono", SOUND_HZ)
        most, number, kept = SOUND_PIECE_S * SOUND_HZ * 2, 0, bytearray()
        for frame in film.decode(streams[0]):
            for part in resampler.resample(frame):
                kept += part.to_ndarray().tobytes()
            while len(kept) >= most:
                yield Piece(number * SOUND_PIECE_S, _as_wav(bytes(kept[:most])), is_sound=True)
                del kept[:most]
                number += 1
                _check_length(number * SOUND_PIECE_S, limits)
        if len(kept) >= SOUND_HZ * 2:  # less than a second says nothing
            yield Piece(number * SOUND_PIECE_S, _as_wav(bytes(kept)), is_sound=True)


def _as_wav(samples: bytes) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SOUND_HZ)
        file.writeframes(samples)
    return out.getvalue()


def _check(codec: str, width: int, height: int, limits: FilmLimits) -> None:
    if codec not in _CODECS:
        raise FilmError("unknown_codec", f"its pictures are coded as {codec[:20]}, which is not accepted")
    if width < 1 or height < 1 or max(width, height) > limits.max_side or width * height > limits.max_pixels:
        raise FilmError("too_many_pixels", f"its pictures of {width} x {height} pixels are too large")


def _check_length(seconds: float, limits: FilmLimits) -> None:
    if seconds > limits.max_seconds:
        raise FilmError("too_long", f"it is longer than {limits.max_seconds / 60:.0f} minutes")
