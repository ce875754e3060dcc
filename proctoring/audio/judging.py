"""What the voices of one clip mean: compared with the enrolled one, and as observations; pure."""

from dataclasses import replace

from proctoring.audio import thresholds
from proctoring.audio.diarizers.base import Clip
from proctoring.audio.exchange import ALL_KINDS, Embedding, Match, VoiceResult
from proctoring.audio.levels import Levels, level_of
from proctoring.observations import Measure, Observation, ObservationKind

_SURE = 0.95


def match_of(similarity: float) -> Match:
    """What the likeness of two voices says; between the thresholds nothing."""
    if similarity >= thresholds.SAME_VOICE:
        return Match.SAME
    return Match.DIFFERENT if similarity < thresholds.DIFFERENT_VOICE else Match.UNSURE


def likeness(one: Embedding, other: Embedding) -> float | None:
    """Cosine of two unit vectors; None when either is missing or they are of different models."""
    if not one or len(one) != len(other):
        return None
    return sum(a * b for a, b in zip(one, other, strict=True))


def compare_enrolled(result: VoiceResult, enrolled: Embedding | None) -> VoiceResult:
    """The result with the comparison of its voices; none where nothing can be compared.

    Voices of less than ``thresholds.LEAST_COMPARED_S`` are not compared: they say too little.
    """
    result = replace(result, enrolled_match=None, enrolled_similarity=None, enrolled_voice="")
    likely: dict[str, float] = {}
    for voice in result.voices:
        found = likeness(voice.centroid, enrolled or ())
        if found is not None and voice.seconds >= thresholds.LEAST_COMPARED_S:
            likely[voice.label] = found
    if not likely:
        return result
    best = max(likely, key=lambda label: likely[label])
    main = likely.get(result.voices[0].label)
    return replace(
        result,
        enrolled_match=None if main is None else match_of(main),
        enrolled_similarity=main,
        enrolled_voice=best if match_of(likely[best]) is Match.SAME else "",
    )


def observe(
    clip: Clip,
    levels: Levels,
    result: VoiceResult | None,
    detectors: frozenset[ObservationKind] = ALL_KINDS,
) -> tuple[Observation, ...]:
    """Observations of the wanted kinds; a kind about which nothing can be known is not informative."""
    found = [_microphone(clip, levels)]
    if result is None or result.error:
        kinds = (ObservationKind.ANOTHER_VOICE, ObservationKind.DIFFERENT_VOICE, ObservationKind.SPEECH)
        found += [_cannot_say(kind, {"reason": result.error if result else "not_listened"}) for kind in kinds]
    else:
        found += [_another(clip, result), _speech(result)]
        found += [_different(result)] if result.enrolled_match or result.enrolled_voice else []
    return tuple(item for item in found if item.kind in detectors)


def _microphone(clip: Clip, levels: Levels) -> Observation:
    measured: dict[str, Measure] = {"level_db": round(levels.level_db, 1), "seconds": round(clip.seconds, 1)}
    kind = ObservationKind.MICROPHONE_SILENT
    if levels.silent and clip.seconds < thresholds.LEAST_SILENCE_S:
        return _cannot_say(kind, measured)
    return Observation(kind, levels.silent, _SURE, measured)


def _another(clip: Clip, result: VoiceResult) -> Observation:
    """More than one voice; one that is too short to count is told as uncertain, never as a fact."""
    kind = ObservationKind.ANOTHER_VOICE
    main = next((each for each in result.voices if each.label == result.enrolled_voice), None)
    main = main or (result.voices[0] if result.voices else None)
    second = next((each for each in result.voices if each is not main), None)
    measured: dict[str, Measure] = {
        "voices": result.speakers,
        "second_seconds": round(second.seconds, 2) if second else 0.0,
        "overlap_s": round(result.overlap_seconds, 2),
    }
    if main and second:
        apart = level_of(clip.samples, second.spans) - level_of(clip.samples, main.spans)
        measured["second_level_db"] = round(apart, 1)
        measured["manner"] = "quiet" if apart <= thresholds.QUIET_DB else "plain"
    if result.speakers > 1:
        confidence = max(second.confidence if second else 0.0, _of_overlap(result))
        return Observation(kind, True, confidence, measured)
    if second is not None:
        return Observation(kind, False, second.confidence, measured, informative=False)
    return Observation(kind, False, main.confidence if main else _SURE, measured)


def _of_overlap(result: VoiceResult) -> float:
    """How sure it is that two people are there, from how long they talk at once."""
    if result.overlap_seconds < thresholds.LEAST_OVERLAP_S:
        return 0.0
    return min(0.9, 0.5 + 0.1 * result.overlap_seconds)


def _different(result: VoiceResult) -> Observation:
    kind = ObservationKind.DIFFERENT_VOICE
    measured: dict[str, Measure] = {"threshold": thresholds.DIFFERENT_VOICE}
    if result.enrolled_similarity is not None:
        measured["similarity"] = round(result.enrolled_similarity, 3)
    if result.enrolled_voice:  # the candidate is heard, whoever else is
        return Observation(kind, False, _SURE, measured)
    if result.enrolled_match is Match.DIFFERENT and result.enrolled_similarity is not None:
        surer = thresholds.DIFFERENT_VOICE - result.enrolled_similarity
        return Observation(kind, True, min(0.95, 0.6 + surer), measured)
    return _cannot_say(kind, measured)


def _speech(result: VoiceResult) -> Observation:
    longest = max((voice.confidence for voice in result.voices), default=0.5)
    measured = {"speech_seconds": round(result.speech_seconds, 2)}
    is_spoken = result.speech_seconds >= thresholds.LEAST_SPEECH_S
    return Observation(ObservationKind.SPEECH, is_spoken, longest if is_spoken else _SURE, measured)


def _cannot_say(kind: ObservationKind, measured: dict[str, Measure]) -> Observation:
    return Observation(kind, False, 0.0, measured, informative=False)
