"""Shapes of what proctors do to many candidates at once, of time that they give, and of what they ask for."""

from rest_framework import serializers

from proctoring.supervision.many import LONGEST_KEY, MOST_ATTEMPTS
from proctoring.supervision.time_gifts import MOST_MINUTES


class ActOnManySerializer(serializers.Serializer[object]):
    """An act on up to 500 attempts of a sitting. A reason is a code, words, or both."""

    action = serializers.CharField(
        help_text="pause, resume, terminate, reinstate, admit, warn or give_time. pause, terminate, admit "
        "and give_time need a reason."
    )
    attempts = serializers.ListField(child=serializers.IntegerField(), max_length=MOST_ATTEMPTS)
    key = serializers.CharField(
        min_length=8, max_length=LONGEST_KEY, help_text="The same again gives the same results."
    )
    reason_code = serializers.CharField(required=False)
    reason = serializers.CharField(required=False, max_length=500)
    minutes = serializers.IntegerField(required=False, min_value=1, max_value=MOST_MINUTES)
    text = serializers.CharField(required=False, max_length=500, help_text="Of a warning.")
    ready_text = serializers.IntegerField(
        required=False, help_text="Number of a ready text, sent in the language of the exam."
    )


class ActResultSerializer(serializers.Serializer[object]):
    """What became of one attempt."""

    attempt = serializers.IntegerField()
    name = serializers.CharField(help_text="Empty for ids that are no attempts of this sitting.")
    ok = serializers.BooleanField()
    code = serializers.CharField()
    detail = serializers.CharField()
    now = serializers.DictField(
        required=False, help_text="The attempt as proctors see it, for up to 50 attempts."
    )


class ActRunSerializer(serializers.Serializer[object]):
    """What became of all of them."""

    run = serializers.IntegerField()
    action = serializers.CharField()
    can_undo = serializers.BooleanField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    results = ActResultSerializer(many=True)


class ReasonCodeSerializer(serializers.Serializer[object]):
    """A reason that an institution offers."""

    code = serializers.CharField()
    wording = serializers.CharField(help_text="As staff read it.")
    told = serializers.CharField(help_text="As candidates of this sitting read it.")
    language = serializers.CharField()
    acts = serializers.ListField(child=serializers.CharField())
    needs_words = serializers.BooleanField()


class ReadyTextSerializer(serializers.Serializer[object]):
    """A ready warning in the language of the exam."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    language = serializers.CharField()


class WordingSerializer(serializers.Serializer[object]):
    """What proctors of a sitting can choose from."""

    reasons = ReasonCodeSerializer(many=True)
    ready_texts = ReadyTextSerializer(many=True)


class GiveTimeSerializer(serializers.Serializer[object]):
    """Minutes for one candidate."""

    minutes = serializers.IntegerField(min_value=1, max_value=MOST_MINUTES)
    reason_code = serializers.CharField(required=False)
    reason = serializers.CharField(required=False, max_length=500)


class TimeGiftSerializer(serializers.Serializer[object]):
    """Minutes that a proctor gave."""

    id = serializers.IntegerField()
    attempt = serializers.IntegerField()
    minutes = serializers.IntegerField()
    reason = serializers.CharField()
    taken_back = serializers.BooleanField()
    deadline_at = serializers.CharField()


class AskToShowSerializer(serializers.Serializer[object]):
    """What a candidate is asked to show, and why: a code, words, or both."""

    what = serializers.ChoiceField(choices=["room", "desk", "face"])
    reason_code = serializers.CharField(required=False)
    reason = serializers.CharField(required=False, max_length=500)


class ShowingSerializer(serializers.Serializer[object]):
    """Something that a candidate is asked to show."""

    id = serializers.IntegerField()
    what = serializers.CharField()
    state = serializers.CharField()
    reason = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField())
    missing = serializers.ListField(child=serializers.CharField(), help_text="Steps without a picture yet.")
    asked_at = serializers.CharField()
    expires_at = serializers.CharField()


class OpenShowingSerializer(serializers.Serializer[object]):
    """What is asked for now."""

    showing = ShowingSerializer(allow_null=True)


class ShownProblemSerializer(serializers.Serializer[object]):
    """What is wrong with a photo."""

    code = serializers.CharField()
    text = serializers.CharField()


class PhotoTakenSerializer(serializers.Serializer[object]):
    """Whether the photo was kept. Nothing of a comparison: that is for people who look."""

    ok = serializers.BooleanField()
    problems = ShownProblemSerializer(many=True)
