"""The part of the permission table about the question bank; columns as in permission_table.py."""

from tests.contracts.permission_rows import Row

_READ = "302 302 403 403 200 200 200 302 {} 302"
_WRITE = "302 302 403 403 403 200 200 302 {} 302"
_NOBODY = "302 302 403 403 403 403 403 302 403 302"

_CATEGORY = "admin/exams/questioncategory/"
_MEDIA = "admin/exams/questionmedia/"
_QUESTION = "admin/exams/question/<int:question_id>/"
_TAG = "admin/exams/questiontag/"

BANK_ROWS = [
    # Both candidates have it on their papers; proctors do not read questions.
    Row("GET", "api/v1/media/<uuid:media_id>/", "200 200 404 404 200 200 200 404 404 401"),
    Row("GET", _MEDIA, _READ.format(200)),
    Row("GET", _MEDIA + "add/", _WRITE.format(200)),
    Row("GET", _MEDIA + "choices/", _READ.format(200)),
    Row("GET", _MEDIA + "upload/", "302 302 405 405 405 405 405 302 405 302"),
    Row("POST", _MEDIA + "upload/", "302 302 403 403 403 400 400 302 400 302"),  # no file in it
    Row("GET", _MEDIA + "<path:object_id>/change/", _READ.format(302)),
    Row("GET", _MEDIA + "<path:object_id>/delete/", _NOBODY.replace("302 403 302", "302 302 302")),  # shown
    Row("GET", _MEDIA + "<path:object_id>/history/", _READ.format(302)),
    Row("GET", _CATEGORY, _READ.format(200)),
    Row("GET", _CATEGORY + "add/", _WRITE.format(200)),
    Row("GET", _CATEGORY + "<path:object_id>/change/", _READ.format(302)),
    Row("GET", _CATEGORY + "<path:object_id>/delete/", _WRITE.format(302)),
    Row("GET", _CATEGORY + "<path:object_id>/history/", _READ.format(302)),
    Row("GET", _QUESTION + "use/", _READ.format(404)),
    Row("GET", _QUESTION + "preview/try/", "302 302 405 405 405 405 405 302 405 302"),
    Row("POST", _QUESTION + "preview/try/", "302 302 403 403 400 400 400 302 404 302"),  # no object in it
    Row("GET", _QUESTION + "copy/", "302 302 405 405 405 405 405 302 405 302"),
    Row("POST", _QUESTION + "copy/", "302 302 403 403 403 302 302 302 404 302"),
    Row("GET", _QUESTION + "retire/", "302 302 405 405 405 405 405 302 405 302"),
    Row("POST", _QUESTION + "retire/", "302 302 403 403 403 302 302 302 404 302"),
    Row("GET", _QUESTION + "restore/", "302 302 405 405 405 405 405 302 405 302"),
    Row("POST", _QUESTION + "restore/", "302 302 403 403 403 302 302 302 404 302"),
    Row("GET", "admin/exams/question/shown/", "302 302 405 405 405 405 405 302 405 302"),
    Row("POST", "admin/exams/question/shown/", "302 302 403 403 403 400 400 302 400 302"),  # no texts in it
    Row("GET", _TAG, _READ.format(200)),
    Row("GET", _TAG + "add/", _NOBODY),
    Row("GET", _TAG + "<path:object_id>/change/", _READ.format(302)),
    Row("GET", _TAG + "<path:object_id>/delete/", _WRITE.format(302)),
    Row("GET", _TAG + "<path:object_id>/history/", _READ.format(302)),
]
