"""Leaves the provider of diarization alone after repeated failures, by what each failure means."""

from proctoring.audio.diarizers.base import DiarizerError
from proctoring.audio.diarizers.provider_codes import ACCOUNT_CODES, UNREADABLE
from proctoring.breaker import REST_S as REST_S  # for those who read what a rest is
from proctoring.breaker import Breaker as AnyBreaker

ACCOUNT_REST_S = 300.0
LONGEST_REST_S = 15 * 60.0


class Breaker(AnyBreaker):
    """One failure is enough where only the operator can mend it."""

    def failed(self, error: DiarizerError) -> bool:
        """Notes a failure; whether the provider rests now. What is wrong with a recording does not count."""
        from_account = error.code in ACCOUNT_CODES
        if not error.is_temporary and error.code != UNREADABLE:
            return False
        rest = max(ACCOUNT_REST_S if from_account else REST_S, error.retry_after_s)
        return self.fail(rest_s=min(rest, LONGEST_REST_S), at_once=from_account)
