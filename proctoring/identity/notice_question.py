"""What the notice says about the question on the screen (decision 0134; pure)."""

from collections.abc import Mapping

from proctoring import keeping


def noted(days: Mapping[str, int | None]) -> str:
    """The paragraph that holds for every exam, with or without camera: the page tells it either way.

    `days`: as `keeping.days_in` gives them.
    """
    return (
        "Which question you see\nWith or without camera, the page of the exam notes which question was on "
        "the screen and from when to when, and the server when an answer was saved. So a person who looks at "
        "what was pointed out knows what you were working on. No program judges by it, and nobody is "
        "compared by it. Reviewers and exam officers see it. It is kept with your answers, "
        f"{keeping.told(days['exam_records'])}; then it is deleted."
    )
