"""Rows of the marking and results pages; the reviewer is the marker of the round."""

from tests.contracts.permission_rows import Row

_HERE = "i/<slug:slug>/marking/"
_RESULTS = "i/<slug:slug>/results/"
_ROUND = _HERE + "rounds/<int:round_id>/"


def _markers(status: int) -> str:
    """Reviewers (here: the marker of the round), exam officers and admins."""
    return f"403 403 403 403 {status} {status} {status} 404 404 302"


def _office(status: int) -> str:
    return f"403 403 403 403 403 {status} {status} 404 404 302"


_ASSIGNED = "403 403 403 403 200 403 403 404 404 302"

_OWN = "200 404 404 404 404 404 404 404 404 302"

MARKING_ROWS = [
    Row("GET", _HERE, _markers(200)),
    Row("GET", _HERE + "new/<int:sitting_id>/", _office(200)),
    Row("POST", _HERE + "new/<int:sitting_id>/", _office(400)),  # nothing is chosen
    Row("GET", _HERE + "phrases/", _markers(200)),
    Row("POST", _HERE + "phrases/", _markers(302)),
    Row("GET", _HERE + "rubrics/<int:version_id>/", _office(200)),  # and authors
    Row("POST", _HERE + "rubrics/<int:version_id>/", _office(302)),
    Row("GET", _ROUND, _markers(200)),
    Row("GET", _ROUND + "markers/", _office(200)),
    Row("POST", _ROUND + "markers/", _office(400)),  # nobody is chosen
    Row("GET", _ROUND + "state/", "405 405 405 405 405 405 405 404 404 302"),
    Row("POST", _ROUND + "state/", _office(302)),
    Row("GET", _ROUND + "differences/", _office(200)),  # and moderators
    Row("GET", _ROUND + "questions/<int:question_id>/next/", _markers(302)),
    Row("GET", _ROUND + "answers/<int:answer_id>/", _ASSIGNED),  # who does not mark in it sees no answer
    Row("POST", _ROUND + "answers/<int:answer_id>/", "403 403 403 403 400 403 403 404 404 302"),  # no points
    Row("GET", _ROUND + "answers/<int:answer_id>/undo/", "405 405 405 405 405 405 405 404 404 302"),
    Row("POST", _ROUND + "answers/<int:answer_id>/undo/", "403 403 403 403 404 403 403 404 404 302"),
    Row("GET", _RESULTS, _markers(200)),  # reviewers read
    Row("GET", _RESULTS + "<int:sitting_id>/", _markers(200)),
    Row("GET", _RESULTS + "attempts/<int:attempt_id>/", _markers(200)),
    Row(
        "POST", _RESULTS + "attempts/<int:attempt_id>/", "403 403 403 403 403 404 404 404 404 302"
    ),  # no item
    Row("GET", _RESULTS + "attempts/<int:attempt_id>/accept/", "405 405 405 405 405 405 405 404 404 302"),
    Row("POST", _RESULTS + "attempts/<int:attempt_id>/accept/", _office(302)),  # said in words: it still runs
    Row("GET", _RESULTS + "policies/<int:exam_id>/", _office(200)),
    Row("POST", _RESULTS + "policies/<int:exam_id>/", _office(302)),
    Row("GET", _RESULTS + "<int:sitting_id>/release/", _office(200)),
    Row("POST", _RESULTS + "<int:sitting_id>/release/", _office(409)),  # nobody has handed in
    Row("GET", _RESULTS + "<int:sitting_id>/withdraw/", "405 405 405 405 405 405 405 404 404 302"),
    Row("POST", _RESULTS + "<int:sitting_id>/withdraw/", _office(302)),
    Row("GET", _RESULTS + "<int:sitting_id>/regrade/", _office(200)),
    Row("GET", _RESULTS + "regrade/<int:question_id>/", _office(200)),
    Row("POST", _RESULTS + "regrade/<int:question_id>/", _office(400)),  # nothing is chosen
    Row("GET", "i/<slug:slug>/attempts/<int:attempt_id>/result/", _OWN),
]
