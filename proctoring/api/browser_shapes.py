"""Shapes of browser events in the API."""

from typing import Any

from rest_framework import serializers

from proctoring.browser.events import MOST_EVENTS, BrowserKind


class BrowserEventSerializer(serializers.Serializer[Any]):
    """One event of a page."""

    n = serializers.IntegerField(help_text="The page's number, once in a session; up to 2^53 - 1.")
    kind = serializers.ChoiceField(choices=[(kind.value, kind.value) for kind in BrowserKind])
    at = serializers.FloatField(help_text="Milliseconds since 1970 by the browser's clock.")
    seconds = serializers.FloatField(required=False, help_text="How long it lasted.")
    count = serializers.IntegerField(
        required=False, help_text="How many are put together; 0: the one before goes on."
    )
    length = serializers.IntegerField(required=False, help_text="Of a text, in characters.")
    detail = serializers.CharField(required=False, help_text="Name of a device, for `virtual_device`.")


class BrowserEventsSerializer(serializers.Serializer[Any]):
    """Some events."""

    now = serializers.FloatField(required=False, help_text="The browser's clock as it sends, milliseconds.")
    events = BrowserEventSerializer(many=True, help_text=f"At most {MOST_EVENTS}.")


class BrowserNoteSerializer(serializers.Serializer[Any]):
    """What the page tells the candidate."""

    kind = serializers.CharField()
    text = serializers.CharField()
    times = serializers.IntegerField()


class BrowserEventsAnswerSerializer(serializers.Serializer[Any]):
    """Numbers that the page may forget, how many rows are new, and what the candidate is told."""

    type = serializers.ChoiceField(choices=[("browser_events_result", "browser_events_result")])
    accepted = serializers.ListField(child=serializers.IntegerField())
    stored = serializers.IntegerField()
    notes = BrowserNoteSerializer(many=True)
