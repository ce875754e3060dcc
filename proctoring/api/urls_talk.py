"""Addresses of messages, raised hands, and who looks first at whom."""

from django.urls import URLPattern, path

from proctoring.api.rota import AnswerHandOver, Assignments
from proctoring.api.talk import Hand, Messages, MessagesRead

_ATTEMPT = "attempts/<int:attempt_id>/"

urlpatterns: list[URLPattern] = [
    path(_ATTEMPT + "messages/", Messages.as_view(), name="api_attempt_messages"),
    path(_ATTEMPT + "messages/read/", MessagesRead.as_view(), name="api_attempt_messages_read"),
    path(_ATTEMPT + "hand/", Hand.as_view(), name="api_attempt_hand"),
    path("sittings/<int:sitting_id>/assignments/", Assignments.as_view(), name="api_sitting_assignments"),
    path("hand-overs/<int:hand_over_id>/", AnswerHandOver.as_view(), name="api_hand_over"),
]
