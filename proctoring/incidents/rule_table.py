"""What a time rule is made of, and the default rule of every kind (the same table: docs/time_rules.md)."""

from collections.abc import Mapping
from dataclasses import dataclass

from proctoring.observations import ObservationKind, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """When one kind becomes an incident. Seconds are observed seconds: silence of the stream adds none.

    Opens when, looking back from a look that sees it, the fewest looks that are at least ``min_frames`` and
    span ``persist_seconds`` show it in at least ``share`` of them. Ends after ``clear_frames`` looks and
    ``clear_seconds`` without it. When it comes back within ``merge_seconds`` of its last sighting it is the
    same spell; within ``cooldown_seconds`` it is counted as a repeat of the same incident. Looks further
    apart than ``gap_seconds`` have nothing to do with each other. ``mild_severity`` holds instead of a graver
    ``severity`` while the sightings are mild. ValueError on numbers that make no sense.
    """

    kind: ObservationKind
    severity: Severity
    min_frames: int
    persist_seconds: float
    share: float
    clear_frames: int
    clear_seconds: float
    merge_seconds: float
    cooldown_seconds: float
    gap_seconds: float
    template: str
    mild_severity: Severity = Severity.INFO

    def __post_init__(self) -> None:
        if self.min_frames < 1 or self.clear_frames < 1 or not 0 < self.share <= 1:
            raise ValueError(f"rule {self.kind}: frames must be 1 or more, share above 0 and at most 1")
        seconds = (self.persist_seconds, self.clear_seconds, self.merge_seconds, self.cooldown_seconds)
        if min(seconds) < 0 or self.gap_seconds <= 0:
            raise ValueError(f"rule {self.kind}: seconds must not be negative")


# Spans are half a second short of whole frames at one frame a second, so that jitter costs no extra frame.
_DEFAULTS = (
    Rule(
        ObservationKind.NO_FACE,
        Severity.MEDIUM,
        min_frames=3,  # the replaced system alarmed on three in a row
        persist_seconds=1.5,
        share=1.0,
        clear_frames=2,
        clear_seconds=1.5,
        merge_seconds=5.0,
        cooldown_seconds=60.0,
        gap_seconds=10.0,
        template="No face in {count} of {looks} frames over {seconds} s, confidence {confidence}",
    ),
    Rule(
        ObservationKind.SEVERAL_FACES,
        Severity.HIGH,
        min_frames=3,
        persist_seconds=1.5,
        share=0.66,  # two of three: dogs and patterns come and go, people stay
        clear_frames=3,
        clear_seconds=2.5,
        merge_seconds=5.0,
        cooldown_seconds=60.0,
        gap_seconds=10.0,
        template="{faces} faces in {count} of {looks} frames over {seconds} s, "
        "smaller face {smallest_px} px, confidence {confidence}",
        mild_severity=Severity.LOW,
    ),
    Rule(
        ObservationKind.DIFFERENT_PERSON,
        Severity.HIGH,
        min_frames=3,
        persist_seconds=1.5,
        share=1.0,
        clear_frames=3,
        clear_seconds=2.5,
        merge_seconds=10.0,
        cooldown_seconds=120.0,
        gap_seconds=30.0,  # in calm the face is compared every fifth frame only
        template="Face unlike the reference in {count} of {looks} comparisons over {seconds} s, similarity "
        "{similarity} (different below {threshold}), confidence {confidence}",
    ),
    Rule(
        ObservationKind.CAMERA_COVERED,
        Severity.MEDIUM,
        min_frames=3,
        persist_seconds=1.5,
        share=1.0,
        clear_frames=2,
        clear_seconds=1.5,
        merge_seconds=5.0,
        cooldown_seconds=60.0,
        gap_seconds=10.0,
        template="Camera shows nothing in {count} of {looks} frames over {seconds} s (contrast {contrast}, "
        "sharpness {sharpness}), confidence {confidence}",
    ),
    Rule(
        ObservationKind.CAMERA_DARK,
        Severity.INFO,  # the candidate is coached first; a dim room is no offence
        min_frames=10,
        persist_seconds=20.0,
        share=0.8,
        clear_frames=3,
        clear_seconds=4.0,
        merge_seconds=10.0,
        cooldown_seconds=300.0,
        gap_seconds=10.0,
        template="Too dark to see anybody in {count} of {looks} frames over {seconds} s (brightness "
        "{brightness} of 255), confidence {confidence}",
    ),
    Rule(
        ObservationKind.LOOKING_AWAY,
        Severity.LOW,  # people look away to think; a proctor looks at how often and where
        min_frames=3,  # the replaced system: five frames at some frames a second
        persist_seconds=1.5,
        share=0.66,  # two of three: a turn of 2.4 s gives no more at one frame a second
        # One second of looking at the screen ends a turn, and the next turn is counted as another one of the
        # same incident: how often somebody turns is what a proctor asks about (decision 0087)
        clear_frames=1,
        clear_seconds=0.7,
        merge_seconds=1.0,
        cooldown_seconds=60.0,
        gap_seconds=10.0,
        template="Head or eyes turned away from the screen in {count} of {looks} frames over {seconds} s "
        "({direction}; degrees to the side: {yaw_change}, up or down: {pitch_change}; against {usual}), "
        "confidence {confidence}",
    ),
    Rule(
        ObservationKind.EYES_CLOSED,
        Severity.INFO,
        min_frames=8,
        persist_seconds=8.0,
        share=0.9,
        clear_frames=2,
        clear_seconds=1.5,
        merge_seconds=10.0,
        cooldown_seconds=120.0,
        gap_seconds=10.0,
        template="Eyes closed, or cast far down, in {count} of {looks} frames over {seconds} s "
        "(closed {eyes_closed} of 1), confidence {confidence}",
    ),
    Rule(
        ObservationKind.FACE_HIDDEN,
        Severity.LOW,
        min_frames=4,
        persist_seconds=3.5,
        share=0.8,
        clear_frames=2,
        clear_seconds=1.5,
        merge_seconds=10.0,
        cooldown_seconds=120.0,
        gap_seconds=10.0,
        template="Face partly hidden in {count} of {looks} frames over {seconds} s ({hidden}), "
        "confidence {confidence}",
    ),
    Rule(
        ObservationKind.MOUTH_MOVING,
        Severity.INFO,
        min_frames=6,
        persist_seconds=6.0,
        share=0.6,
        clear_frames=4,
        clear_seconds=4.0,
        merge_seconds=10.0,
        cooldown_seconds=120.0,
        gap_seconds=10.0,
        template="Mouth moving as in speech in {count} of {looks} frames over {seconds} s (opening varies by "
        "{mouth_change} of 1), confidence {confidence}",
    ),
    Rule(
        ObservationKind.PHONE,
        Severity.HIGH,
        min_frames=2,
        persist_seconds=0.5,
        share=0.66,  # two looks of three
        clear_frames=3,
        clear_seconds=2.5,
        merge_seconds=10.0,
        cooldown_seconds=60.0,
        gap_seconds=15.0,
        template="What looks like a phone in {count} of {looks} looks over {seconds} s, {width_px} x "
        "{height_px} px, confidence {confidence}",
    ),
    Rule(
        ObservationKind.BOOK,
        Severity.MEDIUM,
        min_frames=2,
        persist_seconds=0.5,
        share=0.66,
        clear_frames=3,
        clear_seconds=2.5,
        merge_seconds=10.0,
        cooldown_seconds=120.0,
        gap_seconds=15.0,
        template="What looks like a book in {count} of {looks} looks over {seconds} s, {width_px} x "
        "{height_px} px, confidence {confidence}",
    ),
    Rule(
        ObservationKind.SECOND_SCREEN,
        Severity.MEDIUM,
        min_frames=2,
        persist_seconds=0.5,
        share=0.66,
        clear_frames=3,
        clear_seconds=2.5,
        merge_seconds=10.0,
        cooldown_seconds=120.0,
        gap_seconds=15.0,
        template="What looks like a second screen ({label}) in {count} of {looks} looks over {seconds} s, "
        "{width_px} x {height_px} px, confidence {confidence}",
    ),
    Rule(
        ObservationKind.SECOND_PERSON,
        Severity.HIGH,
        min_frames=3,
        persist_seconds=1.5,
        share=0.66,
        clear_frames=3,
        clear_seconds=2.5,
        merge_seconds=5.0,
        cooldown_seconds=60.0,
        gap_seconds=15.0,
        template="{persons} people in {count} of {looks} looks over {seconds} s, whether or not their faces "
        "are seen, smaller one {smallest_px} px high, confidence {confidence}",
        mild_severity=Severity.LOW,
    ),
    Rule(
        ObservationKind.TEXT_SHOWN,
        Severity.INFO,
        min_frames=2,
        persist_seconds=0.5,
        share=0.66,
        clear_frames=2,
        clear_seconds=2.0,
        merge_seconds=20.0,
        cooldown_seconds=120.0,
        gap_seconds=45.0,  # text is looked for every half minute in calm
        template="Text held towards the camera in {count} of {looks} looks over {seconds} s, {lines} lines, "
        "confidence {confidence}",
    ),
    Rule(
        ObservationKind.CAMERA_FROZEN,
        Severity.LOW,
        min_frames=5,
        persist_seconds=4.0,
        share=1.0,
        clear_frames=2,
        clear_seconds=1.0,
        merge_seconds=10.0,
        cooldown_seconds=120.0,
        gap_seconds=10.0,
        template="The same picture in {count} of {looks} frames over {seconds} s, confidence {confidence}",
    ),
    Rule(
        ObservationKind.CAMERA_REPLACED,
        Severity.MEDIUM,
        min_frames=3,
        persist_seconds=1.5,
        share=1.0,
        clear_frames=5,
        clear_seconds=5.0,
        merge_seconds=30.0,
        cooldown_seconds=300.0,
        gap_seconds=10.0,
        template="The camera's pictures seem not to be live in {count} of {looks} frames over {seconds} s "
        "({why}), confidence {confidence}",
    ),
    # Of recordings: "frames" are recordings, and `persist_seconds` is how much of it they hold (voice_rules).
    Rule(
        ObservationKind.ANOTHER_VOICE,
        Severity.MEDIUM,
        min_frames=1,
        persist_seconds=1.2,  # all false alarms but one were voices of 0.8 to 1.2 s
        share=1.0,
        clear_frames=1,
        clear_seconds=0.0,
        merge_seconds=0.0,
        cooldown_seconds=600.0,
        gap_seconds=3_600.0,
        template="Another voice was heard for {second_seconds} s in a clip of {clip_seconds} s ({span})"
        "{loudness}, confidence {confidence}",
    ),
    Rule(
        ObservationKind.DIFFERENT_VOICE,
        Severity.MEDIUM,
        min_frames=2,  # a cold, a headset or a bad line in one recording proves nothing
        persist_seconds=0.0,
        share=1.0,
        clear_frames=2,
        clear_seconds=0.0,
        merge_seconds=0.0,
        cooldown_seconds=600.0,
        gap_seconds=600.0,
        template="The voice in {count} recordings is unlike the one recorded at check-in, similarity "
        "{similarity} (different below {threshold}), confidence {confidence}",
    ),
    Rule(
        ObservationKind.MICROPHONE_SILENT,
        Severity.LOW,  # the candidate is coached first; most often it is a switch or a cable
        min_frames=2,
        persist_seconds=60.0,
        share=1.0,
        clear_frames=1,
        clear_seconds=0.0,
        merge_seconds=0.0,
        cooldown_seconds=600.0,
        gap_seconds=90.0,
        template="The microphone gave no signal at all in {count} recordings over {seconds} s, confidence "
        "{confidence}",
    ),
    Rule(
        ObservationKind.SPEECH,
        Severity.LOW,
        min_frames=1,
        persist_seconds=2.0,
        share=1.0,
        clear_frames=1,
        clear_seconds=0.0,
        merge_seconds=0.0,
        cooldown_seconds=600.0,
        gap_seconds=3_600.0,
        template="Somebody spoke for {speech_seconds} s in a clip of {clip_seconds} s ({span}), confidence "
        "{confidence}",
    ),
)
DEFAULT_RULES: Mapping[ObservationKind, Rule] = {rule.kind: rule for rule in _DEFAULTS}
