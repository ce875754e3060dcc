"""Addresses of the public API about exams, below /api/v1/institution/."""

from django.urls import URLPattern, URLResolver, path

from exams.api.office.allowances import Allowances, OneAllowance
from exams.api.office.attempts import OfficeAttempt, OfficeAttempts, OfficeReceipt
from exams.api.office.categories import Categories, OneCategory
from exams.api.office.enrolments import Enrolments, OneEnrolment, WithdrawEnrolment
from exams.api.office.exams import ExamCopies, Exams, OneExam, OneSection, Sections
from exams.api.office.places import OnePlace, Places
from exams.api.office.pools import OnePool, Pools
from exams.api.office.questions import OneQuestion, Questions, Versions
from exams.api.office.results import AttemptResult, SittingResults
from exams.api.office.sittings import CancelSitting, OneSitting, SittingProctors, SittingProctorView, Sittings

_EXAM = "exams/<int:exam_id>/"
_SITTING = "sittings/<int:sitting_id>/"
_ENROLMENT = "enrolments/<int:enrolment_id>/"
_ATTEMPT = "attempts/<int:attempt_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("exams/", Exams.as_view(), name="api_office_exams"),
    path(_EXAM, OneExam.as_view(), name="api_office_exam"),
    path(_EXAM + "copies/", ExamCopies.as_view(), name="api_office_exam_copies"),
    path(_EXAM + "sections/", Sections.as_view(), name="api_office_sections"),
    path(_EXAM + "sections/<int:section_id>/", OneSection.as_view(), name="api_office_section"),
    path(_EXAM + "questions/", Places.as_view(), name="api_office_places"),
    path(_EXAM + "questions/<int:place_id>/", OnePlace.as_view(), name="api_office_place"),
    path(_EXAM + "pools/", Pools.as_view(), name="api_office_pools"),
    path(_EXAM + "pools/<int:pool_id>/", OnePool.as_view(), name="api_office_pool"),
    path("question-categories/", Categories.as_view(), name="api_office_categories"),
    path("question-categories/<int:category_id>/", OneCategory.as_view(), name="api_office_category"),
    path("questions/", Questions.as_view(), name="api_office_questions"),
    path("questions/<int:question_id>/", OneQuestion.as_view(), name="api_office_question"),
    path("questions/<int:question_id>/versions/", Versions.as_view(), name="api_office_versions"),
    path("sittings/", Sittings.as_view(), name="api_office_sittings"),
    path(_SITTING, OneSitting.as_view(), name="api_office_sitting"),
    path(_SITTING + "cancel/", CancelSitting.as_view(), name="api_office_sitting_cancel"),
    path(_SITTING + "proctors/", SittingProctors.as_view(), name="api_office_sitting_proctors"),
    path(
        _SITTING + "proctors/<int:member_id>/",
        SittingProctorView.as_view(),
        name="api_office_sitting_proctor",
    ),
    path(_SITTING + "enrolments/", Enrolments.as_view(), name="api_office_enrolments"),
    path(_SITTING + "results/", SittingResults.as_view(), name="api_office_results"),
    path(_ENROLMENT, OneEnrolment.as_view(), name="api_office_enrolment"),
    path(_ENROLMENT + "withdraw/", WithdrawEnrolment.as_view(), name="api_office_enrolment_withdraw"),
    path(_ENROLMENT + "allowances/", Allowances.as_view(), name="api_office_allowances"),
    path("allowances/<int:allowance_id>/", OneAllowance.as_view(), name="api_office_allowance"),
    path("attempts/", OfficeAttempts.as_view(), name="api_office_attempts"),
    path(_ATTEMPT, OfficeAttempt.as_view(), name="api_office_attempt"),
    path(_ATTEMPT + "receipt/", OfficeReceipt.as_view(), name="api_office_receipt"),
    path(_ATTEMPT + "result/", AttemptResult.as_view(), name="api_office_result"),
]
