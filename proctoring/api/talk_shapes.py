"""Shapes of messages and raised hands in the API."""

from typing import Any

from rest_framework import serializers

from proctoring.models.talk import MOST_CLIENT_ID, MOST_MESSAGE, Side


class TalkStateSerializer(serializers.Serializer[Any]):
    """What waits for a proctor in one attempt."""

    unread = serializers.IntegerField(help_text="Messages of the candidate that no proctor has seen.")
    hand_since = serializers.DateTimeField(allow_null=True, help_text="Since when the hand is up.")


class WriteMessageSerializer(serializers.Serializer[Any]):
    """A message to write."""

    text = serializers.CharField(max_length=MOST_MESSAGE)
    client_id = serializers.CharField(
        max_length=MOST_CLIENT_ID, help_text="Chosen by the page; sent again, it stays one message."
    )
    item = serializers.IntegerField(
        required=False, allow_null=True, help_text="Question of the paper that it is about."
    )


class MessageSerializer(serializers.Serializer[Any]):
    """One message; `client_id` is empty in those of the other side."""

    id = serializers.IntegerField()
    side = serializers.ChoiceField(choices=Side.choices)
    author = serializers.CharField()
    text = serializers.CharField()
    item = serializers.IntegerField(allow_null=True)
    position = serializers.IntegerField(allow_null=True, help_text="Number of the question it is about.")
    question = serializers.IntegerField(allow_null=True, help_text="For proctors: the question in the bank.")
    client_id = serializers.CharField(allow_blank=True)
    sent_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class ReadUpToSerializer(serializers.Serializer[Any]):
    """By side: the newest of its messages that the other side has seen; 0: none."""

    candidate = serializers.IntegerField()
    proctor = serializers.IntegerField()


class ConversationSerializer(serializers.Serializer[Any]):
    """The messages after an id, oldest first, and how things stand."""

    messages = MessageSerializer(many=True)
    more = serializers.BooleanField(help_text="There are more after the last of these.")
    unread = serializers.IntegerField(help_text="Messages of the other side that this side has not seen.")
    read_up_to = ReadUpToSerializer()
    hand_since = serializers.DateTimeField(allow_null=True)
    is_open = serializers.BooleanField()
    closed = serializers.CharField(allow_blank=True, help_text="Why nothing can be written.")


class SeenSerializer(serializers.Serializer[Any]):
    """The newest message that was seen."""

    up_to = serializers.IntegerField()


class HandSerializer(serializers.Serializer[Any]):
    """Whether the hand is up."""

    up = serializers.BooleanField()


class HandStateSerializer(serializers.Serializer[Any]):
    """Since when the hand is up, or null."""

    hand_since = serializers.DateTimeField(allow_null=True)
