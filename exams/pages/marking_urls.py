"""Addresses of the marking pages."""

from django.urls import URLPattern, path

from exams.pages import marking_answer, marking_rounds, marking_rubrics

_HERE = "i/<slug:slug>/marking/"
_ROUND = _HERE + "rounds/<int:round_id>/"

marking_patterns: list[URLPattern] = [
    path(_HERE, marking_rounds.marking, name="marking"),
    path(_HERE + "new/<int:sitting_id>/", marking_rounds.new_round, name="marking_new"),
    path(_HERE + "phrases/", marking_rubrics.phrases, name="marking_phrases"),
    path(_HERE + "rubrics/<int:version_id>/", marking_rubrics.rubric, name="marking_rubric"),
    path(_ROUND, marking_rounds.marking_round, name="marking_round"),
    path(_ROUND + "markers/", marking_rounds.round_markers, name="marking_markers"),
    path(_ROUND + "state/", marking_rounds.round_state, name="marking_state"),
    path(_ROUND + "differences/", marking_rounds.marking_differences, name="marking_differences"),
    path(_ROUND + "questions/<int:question_id>/next/", marking_answer.next_answer, name="marking_next"),
    path(_ROUND + "answers/<int:answer_id>/", marking_answer.answer, name="marking_answer"),
    path(_ROUND + "answers/<int:answer_id>/undo/", marking_answer.undo, name="marking_undo"),
]
