"""What is said about turning the head at check-in: to the candidate step by step, and to people who check."""

from dataclasses import dataclass

from proctor_site.kernel import clock
from proctoring import policies
from proctoring.models import LivenessCheck, MonitoringSession
from proctoring.models.liveness import LivenessAnswer
from proctoring.models.policy import StepMode
from proctoring.vision import turning
from proctoring.vision.coaching import coaching_text
from proctoring.vision.turning import Ask, Course, Said, Stage

MOST_TRIES = 3
_TURN = {
    Ask.LEFT: "Turn your head slowly to your left.",
    Ask.RIGHT: "Turn your head slowly to your right.",
    Ask.UP: "Lift your chin slowly, as if you looked at the ceiling.",
}
WORDS = {
    Said.LOOK_AHEAD: "Look straight at your screen.",
    Said.GO_ON: "Good. Hold it there for a moment.",
    Said.HELD: "Held. Now look straight at your screen again.",
    Said.NOT_SEEN: "We cannot see your face well: turn a little less, with light from the front.",
    Said.LOST: "We lost sight of your face. Look straight at your screen, alone in the picture, to go on.",
    Said.UNSURE: "Look straight at your screen, with light from the front.",
    Said.WRONG_WAY: "That was another way. Nothing is lost: try again, or go on without it.",
    Said.MOVED: "Thank you, that is all.",
}
TIME_OVER = "The time for this try is over. Nothing is lost: try again, or go on without it."
_LAST_TRY = "It could not be seen, which happens. Nothing is held against you: please go on."
_A_PERSON = "It could not be seen, which happens. Please go on: a person looks instead."


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody is. `state`: going_on, moved, again (this try is over) or not_seen (the last one is).

    `ask`: left, right, up, or "" while the look goes ahead; `text` says it.
    """

    state: str
    text: str
    challenge: str = ""
    ask: str = ""
    turned: int = 0
    wanted: int = turning.ASKED
    seconds_left: int = 0
    tries_left: int = 0


def text_of(said: Said, course: Course, coaching: tuple[str, ...]) -> str:
    """The sentence for a look; `coaching`: codes of what the picture lacks."""
    if said is Said.TURN and course.ask:
        return _TURN[course.ask]
    if said in (Said.NOT_SEEN, Said.LOST) and coaching:
        return coaching_text(coaching[0])
    return WORDS[said]


def progress_of(check: LivenessCheck, course: Course, text: str) -> Progress:
    """Where the candidate stands after what was said; the last try has words of its own."""
    state = check.answer or ("going_on" if check.challenge else "again")
    if state == LivenessAnswer.NOT_SEEN:
        mode = policies.policy_of(check.session.attempt).liveness if check.session.attempt else ""
        text = _A_PERSON if mode == StepMode.REQUIRED else _LAST_TRY
    turns = course.ask if state == "going_on" and course.stage is Stage.TURN else None
    left = (check.expires_at - clock.now()).total_seconds() if check.expires_at else 0
    return Progress(
        state=state,
        text=text,
        challenge=check.challenge,
        ask=turns.value if turns else "",
        turned=course.done,
        seconds_left=max(0, round(left)),
        tries_left=MOST_TRIES - check.tries,
    )


def in_words(check: LivenessCheck) -> str:
    """The answer with its numbers, for people who check."""
    words = check.get_answer_display() or "not finished"
    if check.answer == LivenessAnswer.NOT_ASKED:
        return words
    course = Course.from_json(check.course)
    names = {Ask.LEFT: "own left", Ask.RIGHT: "own right", Ask.UP: "up"}
    pairs = zip(course.asks, (*course.reached, *[0.0] * turning.ASKED), strict=False)
    turns = ", ".join(f"{names[ask]} {angle:.0f}°" for ask, angle in pairs)
    if course.mirrored and check.answer == LivenessAnswer.MOVED:
        words += ", but to the other side both times: a camera that mirrors, or sides confused"
    return f"{words} ({turns}; {check.tries} {'try' if check.tries == 1 else 'tries'})"


def of(session: MonitoringSession | None) -> str:
    """The same for a session; "" where nobody was asked."""
    check = LivenessCheck.objects.filter(session=session).first() if session else None
    return in_words(check) if check else ""
