"""Addresses of the candidate's own record, and of what candidates hand in."""

from django.urls import URLPattern, path

from proctoring.pages.case_replies import reply_file
from proctoring.pages.my_data import my_data, my_data_file
from proctoring.pages.my_record import my_record, my_record_attempt, my_record_links, my_record_photo
from proctoring.pages.my_record_replies import (
    my_record_file,
    my_record_receipt,
    my_record_said_all,
    my_record_write,
)

_ALL = "i/<slug:slug>/my-record/"
_ONE = _ALL + "<int:attempt_id>/"

urlpatterns: list[URLPattern] = [
    path(_ALL, my_record, name="my_record"),
    path(_ALL + "data/", my_data, name="my_data"),
    path(_ALL + "data/<uuid:export_id>/", my_data_file, name="my_data_file"),
    path(_ONE, my_record_attempt, name="my_record_attempt"),
    path(_ONE + "photo/", my_record_photo, name="my_record_photo"),
    path(_ONE + "evidence/", my_record_links, name="my_record_links"),
    path(_ONE + "reply/", my_record_write, {"part": "reply"}, name="my_record_reply"),
    path(_ONE + "appeal/", my_record_write, {"part": "appeal"}, name="my_record_appeal"),
    path(_ONE + "said-all/", my_record_said_all, name="my_record_said_all"),
    path(_ONE + "receipts/<int:number>/", my_record_receipt, name="my_record_receipt"),
    path(_ONE + "files/<uuid:reply_file_id>/", my_record_file, name="my_record_file"),
    path("i/<slug:slug>/reply-files/<uuid:reply_file_id>/", reply_file, name="reply_file"),
]
