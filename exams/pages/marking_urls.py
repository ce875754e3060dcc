"""Addresses of the marking and results pages."""

from django.urls import URLPattern, path

from exams.pages import (
    acceptance,
    marking_answer,
    marking_rounds,
    marking_rubrics,
    regrading,
    result,
    results_office,
)

_HERE = "i/<slug:slug>/marking/"
_RESULTS = "i/<slug:slug>/results/"
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
    path(_RESULTS, results_office.results, name="results"),
    path(_RESULTS + "policies/<int:exam_id>/", results_office.policy, name="result_policy"),
    path(_RESULTS + "attempts/<int:attempt_id>/", results_office.attempt_marks, name="attempt_marks"),
    path(_RESULTS + "attempts/<int:attempt_id>/accept/", acceptance.accept_attempt, name="accept_attempt"),
    path(_RESULTS + "<int:sitting_id>/", results_office.sitting_results, name="sitting_results"),
    path(_RESULTS + "<int:sitting_id>/release/", results_office.release, name="release_results"),
    path(_RESULTS + "<int:sitting_id>/withdraw/", results_office.withdraw, name="withdraw_results"),
    path(_RESULTS + "<int:sitting_id>/regrade/", regrading.choose, name="regrade_choose"),
    path(_RESULTS + "regrade/<int:question_id>/", regrading.regrade, name="regrade"),
    path("i/<slug:slug>/attempts/<int:attempt_id>/result/", result.result, name="attempt_result"),
]
