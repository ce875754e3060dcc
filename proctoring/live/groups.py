"""Names of the channel groups: a sitting's proctors, an attempt's candidate, one page that watches live."""


def proctors_of(sitting_id: int) -> str:
    """Group of everybody who watches the sitting."""
    return f"sitting.{sitting_id}.proctors"


def candidate_of(attempt_id: int) -> str:
    """Group of the candidate's open pages of one attempt."""
    return f"attempt.{attempt_id}.candidate"


def watching_page(connection: str) -> str:
    """Group of one page of a proctor, for what live video needs to agree."""
    return f"watching.{connection}"
