"""Runs the rules of recordings over what was heard again, as they were or with other numbers (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass

from proctoring.incidents.heard_clips import HeardClip
from proctoring.incidents.rule_notes import HeldRules
from proctoring.incidents.voice_rules import VoiceState, judge
from proctoring.review.replay import Book, Change, Replayed, as_it_was


@dataclass(frozen=True, slots=True)
class HeardThen:
    """One recording, and the rules that held. `is_fresh`: the rules began anew with it; `is_after_end`: the
    session had ended before it."""

    clip: HeardClip
    rules: HeldRules
    is_fresh: bool = False
    is_after_end: bool = False


def replay_sound(heard: Iterable[HeardThen], change: Change = as_it_was) -> list[Replayed]:
    """The incidents of one session that were heard, oldest first.

    The state goes through its stored form between two recordings, as it does in the exam. What is open when
    the rules begin anew, or at the end, was last heard where it says so already.
    """
    book = Book()
    state = VoiceState()
    for each in heard:
        held = change(each.rules)
        if each.is_fresh:
            state = VoiceState()
        elif each.is_after_end:
            state = state.closed()
        state, findings = judge(state, each.clip, held.rules, held.muted)
        book.take(finding.decision for finding in findings)
        state = VoiceState.from_data(state.to_data())
    return book.found()
