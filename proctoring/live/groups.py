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


def meeting_of(meeting_id: int) -> str:
    """Group of all pages in a meeting of its own; only told that something has changed, never what."""
    return f"meeting.{meeting_id}"


def meeting_page(connection: str) -> str:
    """Group of one page in a meeting of its own."""
    return f"meeting.page.{connection}"
