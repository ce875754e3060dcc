"""What an institution really does with personal data, read from its policies and the server's settings."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from accounts.countries import country_name
from accounts.models import Institution
from proctoring import law_guards, policies
from proctoring.law import kept
from proctoring.law.kept import Kept
from proctoring.models import Policy
from proctoring.models.policy import DiarizerChoice
from proctoring.policy_presets import differences
from proctoring.review.terms import is_summary_offered, terms_of


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody outside the institution who gets data."""

    who: str
    what: str
    where: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the documents are made of."""

    institution: Institution
    policies: tuple[Policy, ...]
    kept: tuple[Kept, ...]
    recipients: tuple[Recipient, ...]

    @property
    def country(self) -> str:
        return country_name(self.institution.country)

    @property
    def compares(self) -> bool:
        """Whether faces or voices are compared under any policy."""
        return any(each.is_biometric for each in self.kept)


def gather(institution: Institution) -> Facts:
    """Reads what holds now; what the law does not allow is left out, as in exams."""
    found = tuple(_effective(institution, each) for each in _in_use(institution))
    recipients = _recipients(institution, found)
    return Facts(institution, found, tuple(kept.rows(institution, found)), tuple(recipients))


def _in_use(institution: Institution) -> list[Policy]:
    """Every policy an exam has or would have: the stored ones, and the built-in one without a default."""
    stored = list(Policy.objects.filter(institution=institution).order_by("name", "pk"))
    has_default = any(each.is_default for each in stored)
    return stored if has_default else [policies.built_in(institution), *stored]


def _effective(institution: Institution, policy: Policy) -> Policy:
    twin = copy(policy)
    law_guards.without_the_forbidden(institution, twin)
    return twin


def changes_of(policy: Policy) -> list[str]:
    """How the policy differs from the defaults, one line each."""
    return differences(policy)


def _recipients(institution: Institution, found: Sequence[Policy]) -> list[Recipient]:
    rows = [Recipient("The operator of this server", "everything that is stored", _host(settings.BASE_URL))]
    if settings.EVIDENCE_STORE == "s3":
        options = settings.STORAGES["evidence"]["OPTIONS"]
        place = _host(str(options.get("endpoint_url") or "")) or "Amazon Web Services"
        rows.append(
            Recipient(f"Store of evidence (S3: {options.get('bucket_name', '')})", "evidence files", place)
        )
    if any(each.listens and each.diarizer == DiarizerChoice.DEEPGRAM for each in found):
        rows.append(
            Recipient("Deepgram, Inc.", "recordings of sound, written words", _host(settings.DEEPGRAM_URL))
        )
    if any(each.shows_live for each in found):
        rows += _carriers()
    if is_summary_offered(institution) and terms_of(institution).machine_summary:
        what = (
            "of incidents: numbers, kinds, times and what people decided; no name, picture or text of anybody"
        )
        name = f"Language model for summaries in reports ({settings.SUMMARY_MODEL})"
        rows.append(Recipient(name, what, _host(settings.SUMMARY_URL)))
    if settings.EMAIL_HOST:
        rows.append(Recipient("Mail server", "addresses and texts of e-mails", settings.EMAIL_HOST))
    return rows


def _carriers() -> list[Recipient]:
    what = "live pictures and sound, internet addresses"
    by_provider = {
        "janus": Recipient("Video server of the operator (Janus)", what, _host(settings.JANUS_WS_URL)),
        "livekit": Recipient("LiveKit", what, _host(settings.LIVEKIT_URL)),
        "realtimekit": Recipient("Cloudflare, Inc. (RealtimeKit)", what, _host(settings.REALTIMEKIT_URL)),
    }
    found = by_provider.get(settings.LIVE_PROVIDER)
    return [found] if found else []


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""
