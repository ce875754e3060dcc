"""The shape of the report in the OpenAPI document; the values are written by `proctoring.reports.as_json`."""

from typing import Any

from rest_framework import serializers


class ReportSerializer(serializers.Serializer[Any]):
    """A report about one session. Keys of older session reports stand beside our own; what would have to be
    invented is null, and `not_measured` says why."""

    success = serializers.BooleanField()
    status = serializers.CharField(help_text="Always success; refusals are problem details.")
    schema = serializers.IntegerField(help_text="Version of this shape.")
    session_id = serializers.CharField()
    institution = serializers.CharField()
    exam = serializers.CharField()
    sitting = serializers.CharField()
    candidate = serializers.CharField(help_text="A name; a number while names are hidden from the reader.")
    is_blind = serializers.BooleanField()
    attempt = serializers.IntegerField(allow_null=True)
    state = serializers.CharField()
    begin = serializers.DateTimeField()
    end = serializers.DateTimeField(allow_null=True)
    made_at = serializers.DateTimeField()
    summary = serializers.ListField(child=serializers.CharField(), help_text="Sentences written by rules.")
    machine = serializers.DictField(
        allow_null=True,
        help_text="`{text, model, written_at, sources}` of a language model, or null.",
    )
    incidents = serializers.ListField(child=serializers.DictField())
    coverage = serializers.DictField(
        help_text="`minutes`, their `totals`, and `watched_share` of them (0 to 1)."
    )
    risk = serializers.ListField(
        child=serializers.ListField(), help_text="`[moment, 0 to 100]`: where a look is worth most."
    )
    lost = serializers.ListField(child=serializers.DictField())
    acts = serializers.ListField(child=serializers.DictField())
    noted = serializers.ListField(child=serializers.DictField())
    case = serializers.DictField(allow_null=True)
    integrity = serializers.DictField()
    not_measured = serializers.DictField(
        child=serializers.CharField(), help_text="Key of an older report: why it is null here."
    )
    behavioral_analysis = serializers.DictField(help_text="Older key; every score is null.")
    performanceBreakdown = serializers.DictField(help_text="Older key; every score is null.")
    quickStats = serializers.DictField(allow_null=True, help_text="Older key; null.")
    aiEvaluationSummary = serializers.DictField(help_text="Older key; `summary` is ours.")
    video_analysis_insights = serializers.DictField(help_text="Older key; null.")
    recommendations = serializers.DictField(help_text="Older key; null.")
    session_metadata = serializers.DictField(help_text="Older key: span, frames, number of incidents.")
    document_verification = serializers.DictField(allow_null=True)
    face_verification_summary = serializers.DictField(allow_null=True)
    emotion_summary = serializers.DictField(allow_null=True, help_text="Older key; always null.")
    alert_history = serializers.ListField(child=serializers.DictField(), help_text="Incidents as alerts.")
    token_consumption = serializers.DictField()
    report = serializers.DictField(help_text="The keys of version 1 of the older report.")
