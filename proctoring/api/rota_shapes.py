"""Shapes of who looks first at whom in the API."""

from typing import Any

from rest_framework import serializers

from proctoring import states
from proctoring.api.shapes import PersonSerializer
from proctoring.models.watch_assignment import MOST_NOTE


class OfferedCandidateSerializer(serializers.Serializer[Any]):
    """One candidate of a hand-over."""

    enrolment = serializers.IntegerField()
    name = serializers.CharField()


class HandOverSerializer(serializers.Serializer[Any]):
    """A hand-over of candidates from one proctor to another."""

    id = serializers.IntegerField()
    giver = PersonSerializer()
    taker = PersonSerializer()
    note = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=states.HAND_OVER.states)
    offered_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    candidates = OfferedCandidateSerializer(many=True)


class DeskSerializer(serializers.Serializer[Any]):
    """One proctor: whom they look at first, and whom they watch live now."""

    proctor = PersonSerializer()
    is_assigned = serializers.BooleanField(help_text="Assigned to the sitting.")
    pages = serializers.IntegerField(help_text="Pages of theirs that are open; 0: not here.")
    candidates = serializers.ListField(child=serializers.IntegerField(), help_text="Enrolments.")
    live = serializers.ListField(child=serializers.CharField(), help_text="Names of those watched live now.")


class RotaSerializer(serializers.Serializer[Any]):
    """Who watches whom in a sitting."""

    proctors = DeskSerializer(many=True)
    nobodys = serializers.ListField(
        child=serializers.IntegerField(), help_text="Enrolments that have not ended and have no proctor."
    )
    never_live = serializers.ListField(
        child=serializers.IntegerField(), help_text="Running; nobody has watched them live so far."
    )
    hand_overs = HandOverSerializer(many=True)


class AssignSerializer(serializers.Serializer[Any]):
    """What becomes of some candidates; `to`: a proctor, for give and offer."""

    do = serializers.ChoiceField(choices=["take", "leave", "give", "offer"])
    enrolments = serializers.ListField(child=serializers.IntegerField(), required=False)
    to = serializers.IntegerField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=MOST_NOTE)


class AnswerSerializer(serializers.Serializer[Any]):
    """The answer to a hand-over."""

    answer = serializers.ChoiceField(choices=["accept", "decline", "withdraw"])
