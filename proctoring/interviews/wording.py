"""In which words people read where an interview stands: candidates and staff (pure)."""

from proctoring import states

OUTCOME_FOR_CANDIDATE = {
    "consistent": "What you said fits your answers.",
    "not_consistent": "The interviewer thinks that what you said does not fit your answers.",
    "inconclusive": "The interviewer could not tell from it whether your answers are your own.",
}
NO_GROUND = (
    "An interview that was declined, missed, unanswered or called off proves nothing and is no ground."
)
"""Stands wherever people decide or read about an interview that did not take place."""
NO_VERDICT = "What came of an interview is one person’s view: no verdict, and it decides nothing by itself."
_STAFF = {
    states.INTERVIEW_OFFERED: "offered, not answered yet",
    states.INTERVIEW_AGREED: "agreed",
    states.INTERVIEW_HELD: "held",
    states.INTERVIEW_DECLINED: "declined by the candidate",
    states.INTERVIEW_MISSED: "the candidate did not come",
    states.INTERVIEW_CANCELLED: "called off",
    states.INTERVIEW_LAPSED: "the offer was not answered in time",
}
_CANDIDATE = {
    states.INTERVIEW_OFFERED: "You are invited",
    states.INTERVIEW_AGREED: "Agreed",
    states.INTERVIEW_HELD: "Took place",
    states.INTERVIEW_DECLINED: "You declined",
    states.INTERVIEW_MISSED: "Did not take place",
    states.INTERVIEW_CANCELLED: "Called off",
    states.INTERVIEW_LAPSED: "Not answered",
}


def state_for_staff(state: str, *, asks_again: bool = False) -> str:
    """Where it stands; `asks_again`: the candidate waits for other times."""
    return "the candidate asks for another time" if asks_again else _STAFF[state]


def state_for_candidate(state: str, *, asks_again: bool = False) -> str:
    """The same for whose interview it is."""
    return "You asked for another time" if asks_again else _CANDIDATE[state]
