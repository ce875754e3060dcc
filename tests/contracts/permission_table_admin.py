"""The part of the permission table about the admin site; columns as in permission_table.py.

302 for signed-in people without a staff role leads to the sign-in page, which says why. 302 for a foreign
admin on an object of ours is Django's "does not exist", back to their own index.
"""

from tests.contracts.permission_rows import Row

_JOURNAL = "admin/exams/journalentry/"
_PENDING = "admin/exams/pendingenrolment/"

ADMIN_ROWS = [
    Row("GET", "admin/", "302 302 200 200 200 200 200 302 200 302"),
    Row("GET", "admin/(?P<app_label>exams|proctoring|accounts)/$", "302 302 200 200 200 200 200 302 200 302"),
    Row("GET", "admin/(?P<url>.*)$", "302 302 404 404 404 404 404 302 404 302"),
    Row("GET", "admin/autocomplete/", "302 302 403 403 403 403 403 302 403 302"),
    Row("GET", "admin/exams/attempt/", "302 302 403 403 200 200 200 302 200 302"),
    Row("GET", "admin/exams/attempt/<path:object_id>/change/", "302 302 403 403 200 200 200 302 302 302"),
    Row("GET", "admin/exams/attempt/<path:object_id>/delete/", "302 302 403 403 403 403 403 302 403 302"),
    Row("GET", "admin/exams/attempt/<path:object_id>/history/", "302 302 403 403 200 200 200 302 302 302"),
    Row("GET", "admin/exams/attempt/add/", "302 302 403 403 403 403 403 302 403 302"),
    Row("GET", "admin/exams/enrolment/", "302 302 200 200 200 200 200 302 200 302"),
    Row("GET", "admin/exams/enrolment/<path:object_id>/change/", "302 302 200 200 200 200 200 302 302 302"),
    Row("GET", "admin/exams/enrolment/<path:object_id>/delete/", "302 302 403 403 403 403 403 302 403 302"),
    Row("GET", "admin/exams/enrolment/<path:object_id>/history/", "302 302 200 200 200 200 200 302 302 302"),
    Row("GET", "admin/exams/enrolment/add/", "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", "admin/exams/exam/", "302 302 403 403 200 200 200 302 200 302"),
    Row("GET", "admin/exams/exam/<path:object_id>/change/", "302 302 403 403 200 200 200 302 302 302"),
    Row("GET", "admin/exams/exam/<path:object_id>/delete/", "302 302 403 403 403 200 200 302 302 302"),
    Row("GET", "admin/exams/exam/<path:object_id>/history/", "302 302 403 403 200 200 200 302 302 302"),
    Row("GET", "admin/exams/exam/add/", "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", "admin/exams/journalentry/", "302 302 403 403 200 200 200 302 200 302"),
    Row("GET", _JOURNAL + "<path:object_id>/change/", "302 302 403 403 200 200 200 302 302 302"),
    Row("GET", _JOURNAL + "<path:object_id>/delete/", "302 302 403 403 403 403 403 302 403 302"),
    Row("GET", _JOURNAL + "<path:object_id>/history/", "302 302 403 403 200 200 200 302 302 302"),
    Row("GET", "admin/exams/journalentry/add/", "302 302 403 403 403 403 403 302 403 302"),
    Row("GET", "admin/exams/pendingenrolment/", "302 302 200 200 200 200 200 302 200 302"),
    Row(
        "GET",
        _PENDING + "<path:object_id>/change/",
        "302 302 200 200 200 200 200 302 302 302",
    ),
    Row(
        "GET",
        _PENDING + "<path:object_id>/delete/",
        "302 302 403 403 403 200 200 302 302 302",
    ),
    Row(
        "GET",
        _PENDING + "<path:object_id>/history/",
        "302 302 200 200 200 200 200 302 302 302",
    ),
    Row("GET", "admin/exams/pendingenrolment/add/", "302 302 403 403 403 403 403 302 403 302"),
    Row("GET", "admin/exams/question/", "302 302 403 403 200 200 200 302 200 302"),
    Row("GET", "admin/exams/question/<int:question_id>/preview/", "302 302 403 403 200 200 200 302 404 302"),
    Row("GET", "admin/exams/question/<path:object_id>/change/", "302 302 403 403 200 200 200 302 302 302"),
    Row("GET", "admin/exams/question/<path:object_id>/delete/", "302 302 403 403 403 403 403 302 403 302"),
    Row("GET", "admin/exams/question/<path:object_id>/history/", "302 302 403 403 200 200 200 302 302 302"),
    Row("GET", "admin/exams/question/add/", "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", "admin/exams/section/", "302 302 403 403 200 200 200 302 200 302"),
    Row("GET", "admin/exams/section/<path:object_id>/change/", "302 302 403 403 200 200 200 302 302 302"),
    Row("GET", "admin/exams/section/<path:object_id>/delete/", "302 302 403 403 403 200 200 302 302 302"),
    Row("GET", "admin/exams/section/<path:object_id>/history/", "302 302 403 403 200 200 200 302 302 302"),
    Row("GET", "admin/exams/section/add/", "302 302 403 403 403 403 403 302 403 302"),
    Row("GET", "admin/exams/sitting/<path:object_id>/change/", "302 302 200 200 200 200 200 302 302 302"),
    Row("GET", "admin/exams/sitting/", "302 302 200 200 200 200 200 302 200 302"),
    Row("GET", "admin/exams/sitting/<int:sitting_id>/candidates/", "302 302 200 200 200 200 200 302 404 302"),
    Row("GET", "admin/exams/sitting/<path:object_id>/delete/", "302 302 403 403 403 403 403 302 302 302"),
    Row("GET", "admin/exams/sitting/<path:object_id>/history/", "302 302 200 200 200 200 200 302 302 302"),
    Row("GET", "admin/exams/sitting/add/", "302 302 403 403 403 200 200 302 200 302"),
    Row("GET", "admin/jsi18n/", "302 302 200 200 200 200 200 302 200 302"),
    Row("GET", "admin/login/", "403 403 302 302 302 302 302 403 302 302"),
    Row("GET", "admin/logout/", "302 302 302 302 302 302 302 302 302 302"),
    Row("GET", "admin/password_change/", "302 302 302 302 302 302 302 302 302 302"),
    Row("GET", "admin/password_change/done/", "302 302 200 200 200 200 200 302 200 302"),
    Row("GET", "admin/switch/", "302 302 405 405 405 405 405 302 405 302"),
]
