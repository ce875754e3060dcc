"""The notice in its wording: what is looked for stands line by line, and only that."""

from accounts.models import Institution
from proctoring.identity import notice
from proctoring.models import Policy


def test_each_thing_that_is_looked_for_has_a_line_of_its_own() -> None:
    here, policy = Institution(name="North College"), Policy(phone="off")
    parts = notice.wording(here, policy).split("\n\n")
    [section] = [part for part in parts if part.startswith("What a program looks for")]
    lines = section.splitlines()[2:]
    assert len(lines) == len(notice.looked_for(policy))
    assert all(line.startswith("– whether") for line in lines)
    assert "phone" not in section
    assert "What a program looks for" not in notice.wording(here, Policy(camera_required=False))
