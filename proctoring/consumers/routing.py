"""Addresses of the sockets."""

from django.urls import URLPattern, path

from proctoring.consumers.candidate import CandidateConsumer
from proctoring.consumers.meeting import MeetingConsumer, TokenMeetingConsumer
from proctoring.consumers.proctor import ProctorConsumer

websocket_urlpatterns: list[URLPattern] = [
    path("ws/attempts/<int:attempt>/", CandidateConsumer.as_asgi()),
    path("ws/i/<slug:slug>/sittings/<int:sitting>/", ProctorConsumer.as_asgi()),
    path("ws/meetings/guest/<str:token>/", TokenMeetingConsumer.as_asgi()),
    path("ws/i/<slug:slug>/meetings/<int:meeting>/", MeetingConsumer.as_asgi()),
]
