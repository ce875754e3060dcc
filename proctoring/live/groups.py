"""Names of the channel groups: one per sitting for proctors, one per attempt for its candidate."""


def proctors_of(sitting_id: int) -> str:
    """Group of everybody who watches the sitting."""
    return f"sitting.{sitting_id}.proctors"


def candidate_of(attempt_id: int) -> str:
    """Group of the candidate's open pages of one attempt."""
    return f"attempt.{attempt_id}.candidate"
