"""Saving answers, and the receipt for them."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exams.api.base import READING_REFUSALS, REFUSALS, CandidateView, device_in
from exams.api.serializers import (
    BatchResultSerializer,
    BatchSerializer,
    LateResultSerializer,
    ReceiptSerializer,
)
from exams.delivery import late, late_rules, queries, receipts, safe_browser
from exams.delivery.journal import save_batch
from exams.models import Attempt
from proctor_site.kernel import clock
from proctor_site.kernel.errors import InvalidInput


class SaveAnswers(CandidateView):
    """Save answers."""

    @extend_schema(
        operation_id="attempt_answers",
        request=BatchSerializer,
        responses={200: BatchResultSerializer, **REFUSALS},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Saves a batch of changes. Repeats are harmless; a bad change is refused without losing the others.

        Refused as a whole (409): `not_started`, `paused`, `ended`, `too_late`, `other_device`. A device that
        held the attempt before may still send what it had not sent; it is told by `device` who holds it now.
        """
        attempt = self.attempt_alone(request, attempt_id)
        body: Any = request.data
        changes = body.get("changes")
        if not isinstance(changes, list):
            raise InvalidInput("Give the changes as a list.", field="changes")
        result = save_batch(attempt, device=device_in(request), changes=changes)
        safe_browser.note(result.attempt, request._request)  # never a reason to lose an answer
        answer = {
            "accepted": result.accepted,
            "refused": [asdict(each) for each in result.refused],
            "journal_length": result.attempt.journal_length,
            "journal_hash": result.attempt.journal_hash,
            "receipt": result.receipt,
            "server_time": result.at,
            "seconds_left": queries.seconds_left(result.attempt, result.at),
            "state": result.attempt.state,
            "device": result.attempt.device,
        }
        return Response(BatchResultSerializer(answer).data)


class SendLateAnswers(CandidateView):
    """Send answers after the end."""

    @extend_schema(
        operation_id="attempt_late_answers",
        request=BatchSerializer,
        responses={200: LateResultSerializer, **REFUSALS},
    )
    def post(self, request: Request, attempt_id: int) -> Response:
        """Takes in what could not be sent before the end. What was given in time counts, the rest is kept.

        Refused as a whole (409): `not_started`, `not_over`, `other_device`, `ended` (30 days after the end).
        """
        attempt = self.attempt_alone(request, attempt_id)
        body: Any = request.data
        changes = body.get("changes")
        if not isinstance(changes, list):
            raise InvalidInput("Give the changes as a list.", field="changes")
        result = late.send_late(attempt, device=device_in(request), changes=changes)
        answer = {
            "accepted": result.counted,
            "kept": [_kept(sequence, code) for sequence, code in result.kept.items()],
            "refused": [asdict(each) for each in result.refused],
            "journal_length": result.attempt.journal_length,
            "journal_hash": result.attempt.journal_hash,
            "receipt": result.receipt,
            "server_time": result.at,
            "state": result.attempt.state,
        }
        return Response(LateResultSerializer(answer).data)


def _kept(client_sequence: int, code: str) -> dict[str, Any]:
    detail = late_rules.IN_WORDS.get(code, "Its question was closed.")
    return {"client_sequence": client_sequence, "code": code, "detail": detail}


class AttemptReceipt(CandidateView):
    """Receipt."""

    @extend_schema(operation_id="attempt_receipt", responses={200: ReceiptSerializer, **READING_REFUSALS})
    def get(self, request: Request, attempt_id: int) -> Response:
        """The signed receipt of the answer journal, as a file to keep."""
        attempt = self.attempt(request, attempt_id)
        response = Response(ReceiptSerializer(receipt_of(attempt)).data)
        response["Content-Disposition"] = f'attachment; filename="receipt-{attempt.pk}.json"'
        return response


def receipt_of(attempt: Attempt) -> dict[str, Any]:
    """What a receipt says: whose journal, how long it is now, signed."""
    sitting = attempt.enrolment.sitting
    return {
        "institution": attempt.institution.name,
        "exam": sitting.exam.title,
        "sitting": sitting.title,
        "candidate": attempt.enrolment.candidate.get_full_name(),
        "attempt": attempt.pk,
        "state": attempt.state,
        "journal_length": attempt.journal_length,
        "journal_hash": attempt.journal_hash,
        "issued_at": clock.now(),
        "receipt": receipts.sign_receipt(attempt),
    }
