"""Plain measurements of one recording for outside callers: loudness, speech, voices; no mark of anybody."""

from proctoring.audio.exchange import ClipReport


def measure(report: ClipReport) -> dict[str, float]:
    """What can be measured of a recording, by name; what was not measured has no name here.

    `sound_level_db`, `sound_noise_db`: dBFS, of the speech where there is some and of the quietest tenth.
    `speech_seconds`, `voices`: of that recording. A microphone that gave no signal measures nothing.
    """
    if report.silent:
        return {}
    found = {"sound_level_db": report.level_db, "sound_noise_db": report.noise_db}
    voices = report.voices
    if voices is not None and not voices.error:
        found |= {"speech_seconds": voices.speech_seconds, "voices": float(voices.speakers)}
    return found
