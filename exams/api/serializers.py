"""The shapes of the exams API, for checking requests and for the OpenAPI file."""

from typing import Any

from rest_framework import serializers

from exams import states
from exams.bank import rich_text
from exams.delivery.access import Access
from exams.models.attempt import EndedBy


class LostTimeSerializer(serializers.Serializer[Any]):
    """An interval in which the candidate could not work, and what was given back for it."""

    cause = serializers.CharField(help_text="In words.")
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()
    credited_seconds = serializers.IntegerField()
    why_not = serializers.CharField(allow_blank=True, help_text="Why less than the interval, in words.")


class AttemptSerializer(serializers.Serializer[Any]):
    """An attempt as its candidate sees it (`queries.AttemptView`)."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=states.STATES)
    server_time = serializers.DateTimeField(help_text="Count down from this, not from the browser's clock.")
    deadline_at = serializers.DateTimeField(allow_null=True)
    paused_at = serializers.DateTimeField(allow_null=True)
    seconds_left = serializers.FloatField(allow_null=True, help_text="Null before the start.")
    journal_length = serializers.IntegerField()
    journal_hash = serializers.CharField()
    device = serializers.CharField(allow_blank=True, help_text="The browser tab that holds the attempt.")
    ended_by = serializers.ChoiceField(choices=[*EndedBy.values, ""])
    may_start_at = serializers.DateTimeField(
        allow_null=True, help_text="Of a ready attempt; null while a person has to begin the sitting."
    )
    extra_seconds = serializers.IntegerField(help_text="Extra time by agreement that the deadline holds.")
    credited_seconds = serializers.IntegerField(help_text="Lost time that the deadline holds.")
    break_until = serializers.DateTimeField(allow_null=True, help_text="Set during a break of one's own.")
    hand_in_until = serializers.DateTimeField(
        allow_null=True, help_text="In state overdue: answers are closed, handing in is possible until then."
    )
    lost_time = LostTimeSerializer(many=True, help_text="Empty as long as nothing was given back.")
    break_seconds_left = serializers.IntegerField(help_text="Of breaks that may still be taken.")


class DeviceSerializer(serializers.Serializer[Any]):
    """Which browser tab asks."""

    device = serializers.CharField(
        max_length=64, help_text="An id the tab made itself: letters, digits, hyphens, underscores."
    )


class HandInSerializer(DeviceSerializer):
    """Handing in."""

    handed_in_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="When the candidate did it, by the device's clock; counts for a hand-in that arrives late.",
    )


class ChangeSerializer(serializers.Serializer[Any]):
    """One change of an answer. For the OpenAPI file: the journal checks each change by itself."""

    client_sequence = serializers.IntegerField(
        min_value=1, max_value=2_147_483_647, help_text="The device's own count; makes repeats harmless."
    )
    item = serializers.IntegerField(help_text="Id of the item on the paper.")
    value = serializers.JSONField(
        allow_null=True, help_text="In the shape of the question's kind; null clears the answer."
    )
    certainty = serializers.IntegerField(
        min_value=1,
        max_value=3,
        required=False,
        allow_null=True,
        help_text="Where the question asks for it. Belongs to the value: null or missing states none.",
    )
    flagged = serializers.BooleanField(required=False, allow_null=True)
    client_at = serializers.DateTimeField(help_text="By the device's clock; never decides about a deadline.")


class BatchSerializer(serializers.Serializer[Any]):
    """A batch of changes."""

    device = serializers.CharField(max_length=64)
    changes = ChangeSerializer(many=True, help_text="At most 200.")


class RefusedChangeSerializer(serializers.Serializer[Any]):
    """A change that was not saved, and why."""

    client_sequence = serializers.IntegerField(allow_null=True)
    code = serializers.CharField()
    detail = serializers.CharField()
    field = serializers.CharField(allow_null=True)


class BatchResultSerializer(serializers.Serializer[Any]):
    """What became of a batch. `device` is the one that holds the attempt now."""

    accepted = serializers.ListField(child=serializers.IntegerField())
    refused = RefusedChangeSerializer(many=True)
    journal_length = serializers.IntegerField()
    journal_hash = serializers.CharField()
    receipt = serializers.CharField(help_text="Signed proof of the journal up to here.")
    server_time = serializers.DateTimeField()
    seconds_left = serializers.FloatField(allow_null=True)
    state = serializers.ChoiceField(choices=states.STATES)
    device = serializers.CharField()


class KeptChangeSerializer(serializers.Serializer[Any]):
    """A change that does not count for now, and why; it is kept, and a person may decide otherwise."""

    client_sequence = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()


class LateResultSerializer(serializers.Serializer[Any]):
    """What became of answers that came after the end."""

    accepted = serializers.ListField(child=serializers.IntegerField(), help_text="They count, marked late.")
    kept = KeptChangeSerializer(many=True)
    refused = RefusedChangeSerializer(many=True)
    journal_length = serializers.IntegerField()
    journal_hash = serializers.CharField()
    receipt = serializers.CharField(help_text="Signed proof of the journal up to here.")
    server_time = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=states.STATES)


class CertaintyLevelSerializer(serializers.Serializer[Any]):
    """A level of certainty, and what it is worth in points."""

    number = serializers.IntegerField()
    name = serializers.CharField()
    best_at = serializers.CharField(help_text="With which chance to be right it is the best choice.")
    right = serializers.DecimalField(max_digits=6, decimal_places=2, help_text="Points when right.")
    wrong = serializers.DecimalField(
        max_digits=6, decimal_places=2, help_text="Points taken away when wrong."
    )


class ItemSerializer(serializers.Serializer[Any]):
    """One question of a paper."""

    id = serializers.IntegerField()
    position = serializers.IntegerField()
    access = serializers.ChoiceField(
        choices=[each.value for each in Access], help_text="Stem and content are empty unless open."
    )
    kind = serializers.CharField()
    stem = serializers.CharField()
    text_format = serializers.ChoiceField(
        choices=rich_text.FORMATS,
        help_text="Of the stem and of each `text` in the content. html: sanitised; a source `media:<id>` "
        "stands for /api/v1/media/<id>/.",
    )
    points = serializers.CharField()
    content = serializers.JSONField(help_text="In the shape of the kind, without the key.")
    answer = serializers.JSONField(allow_null=True)
    certainty = serializers.IntegerField(allow_null=True, help_text="1 to 3; null: not stated.")
    certainty_levels = CertaintyLevelSerializer(
        many=True, help_text="To choose from; empty where certainty is not asked."
    )
    flagged = serializers.BooleanField()


class SectionSerializer(serializers.Serializer[Any]):
    """One section of a paper."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    instructions = serializers.CharField(allow_blank=True)
    navigation = serializers.CharField()
    access = serializers.ChoiceField(choices=[each.value for each in Access])
    minutes = serializers.IntegerField(allow_null=True, help_text="Time limit, extra time included.")
    deadline_at = serializers.DateTimeField(
        allow_null=True, help_text="When a section with a limit closes by itself, while it is open."
    )
    items = ItemSerializer(many=True)


class PaperSerializer(serializers.Serializer[Any]):
    """A whole paper with the saved answers."""

    in_order = serializers.BooleanField(help_text="Sections are taken one after the other.")
    next_section = serializers.IntegerField(
        allow_null=True, help_text="Taken in order and none is open: the one to open next."
    )
    sections = SectionSerializer(many=True)


class LeaveQuestionSerializer(DeviceSerializer):
    """Going on from a question."""

    item = serializers.IntegerField(min_value=1, help_text="Id of the open item of a forward-only section.")


class ReceiptSerializer(serializers.Serializer[Any]):
    """A receipt as a file: readable facts, and the signature that proves them."""

    institution = serializers.CharField()
    exam = serializers.CharField()
    sitting = serializers.CharField()
    candidate = serializers.CharField()
    attempt = serializers.IntegerField()
    state = serializers.CharField()
    journal_length = serializers.IntegerField()
    journal_hash = serializers.CharField()
    issued_at = serializers.DateTimeField()
    receipt = serializers.CharField()


class SafeBrowserProofSerializer(serializers.Serializer[Any]):
    """What a page reads from `SafeExamBrowser.security`: keys that are hashed with its address already."""

    url = serializers.CharField(max_length=2_000, help_text="Of the page, as the browser has it.")
    config_key = serializers.CharField(max_length=64)
    browser_exam_key = serializers.CharField(max_length=64, allow_blank=True, default="")
