"""Makes, finds and revokes the keys by which clients of the replaced systems are let in (decision 0176)."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.links import hash_of, make_secret
from accounts.models import Institution, User
from accounts.origins import MOST as MOST_ORIGINS
from accounts.origins import is_origin
from accounts.permissions import roles_of
from accounts.roles import Role
from accounts.services import api_tokens
from accounts.tenancy import within
from accounts.transitions import lock
from exams.models import Sitting
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput, NotAllowed, NotSignedIn
from proctoring import policy_files
from proctoring.models import CompatKey, MonitoringSession, PolicyAssignment
from proctoring.models.compat import Contract
from proctoring.outside import queries
from proctoring.outside.default_sitting import default_sitting, following, is_closing
from proctoring.policy_presets import AS_REPLACED, VIDEO_DEFAULTS, find_preset

MARK = "prc_"
"""Begins every key, so that no other path or secret is taken for one."""
NULL_ORIGIN = "null"
"""What browsers send for pages that were opened from a file."""
_SHOWN = 10
_ONE_LOOK = {"min_frames": 1, "persist_seconds": 0.0, "share": 1.0, "cooldown_seconds": 600.0}
"""As those systems did: one look, and one item in ten minutes."""


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """What a key is for. `sound`, `faces`: what candidates agree to besides the camera. `is_private`: it
    stays on a server, so that no page has to be listed, and may list and delete."""

    label: str
    contracts: Iterable[str]
    notice: str
    obtains_consent: bool
    origins: Iterable[str] = ()
    sound: bool = False
    faces: bool = False
    is_private: bool = False


def make_key(
    institution: Institution, terms: KeyTerms, *, sitting: Sitting | None, actor: User, secret: str = ""
) -> tuple[CompatKey, str]:
    """A new key and its secret, which is stored nowhere. `secret`: only the demo names its own.

    Without a `sitting` one is made that renews itself, under the numbers of the systems it speaks as.

    Raises NotAllowed (not an admin) and InvalidInput: `label`, `contracts`, `origins`, `notice`, `sitting`,
    and `obtains_consent` where nobody says that the pages ask for consent: nothing is captured without.
    """
    _refuse_others(institution, actor)
    label, contracts = _clean_label(terms.label), _clean_contracts(terms.contracts)
    origins, notice = clean_origins(terms.origins), _clean_notice(terms.notice)
    if terms.is_private and origins:
        raise InvalidInput("A key that stays on a server is used by no page; list none.", field="origins")
    if not terms.obtains_consent:
        raise InvalidInput(
            "Without it there is no key: the pages themselves must ask each candidate for consent.",
            field="obtains_consent",
        )
    if sitting is not None and (sitting.institution_id != institution.pk or not sitting.exam.is_outside):
        raise InvalidInput("Choose a sitting of an exam that another system delivers.", field="sitting")
    secret = secret or MARK + make_secret()[0]
    with within(institution), transaction.atomic():
        renews = sitting is None
        sitting = sitting or _sitting_for(institution, label, contracts, sound=terms.sound, actor=actor)
        key = CompatKey.objects.create(
            institution=institution,
            label=label,
            prefix=secret[:_SHOWN],
            secret_hash=hash_of(secret),
            account=api_tokens.make_account(f"Compat key “{label}”"),
            contracts=contracts,
            origins=origins,
            sitting=sitting,
            renews=renews,
            notice=notice,
            sound=terms.sound,
            faces=terms.faces,
            is_private=terms.is_private,
            attested_by=actor,
            created_at=clock.now(),
        )
        detail = {"label": label, "contracts": contracts, "origins": origins, "sitting": sitting.pk}
        detail |= {"notice": notice, "sound": terms.sound, "faces": terms.faces}
        detail |= {"is_private": terms.is_private, "obtains_consent": True}
        audit.record(institution, key, "compatkey.made", actor=actor, detail=detail)
    return key, secret


def revoke_key(key: CompatKey, *, actor: User) -> CompatKey:
    """Ends a key at once. Raises NotAllowed, and Conflict when it was revoked before."""
    _refuse_others(key.institution, actor)
    with within(key.institution), transaction.atomic():
        lock(key)
        if key.revoked_at is not None:
            raise Conflict("This key was revoked before.", code="key_over")
        key.revoked_at = clock.now()
        key.save(update_fields=["revoked_at"])
        audit.record(key.institution, key, "compatkey.revoked", actor=actor)
    return key


def find_key(secret: str) -> CompatKey:
    """The key of a secret, with what its calls need; its use is noted. Raises NotSignedIn."""
    rows = CompatKey.objects.with_scopes_disabled().select_related("institution", "account", "sitting__exam")
    key = rows.filter(secret_hash=hash_of(secret)).first() if len(secret) <= 100 else None
    if key is None:
        raise NotSignedIn("This compat key is not known.", code="key_unknown")
    if key.revoked_at is not None:
        raise NotSignedIn("This compat key was revoked.", code="key_revoked")
    api_tokens.note_use(rows.filter(pk=key.pk), key.last_used_at)
    return key


def open_sitting(key: CompatKey) -> Sitting:
    """The sitting that new sessions of the key go into. In the institution's scope.

    One that was made for the key is followed by another one before it closes; one that somebody chose closes
    when they said so.
    """
    if not key.renews or key.sitting.cancelled_at is not None or not is_closing(key.sitting):
        return key.sitting
    before = key.sitting
    with transaction.atomic():
        lock(key)
        sitting = following(before, actor=key.account)
        if key.sitting_id != sitting.pk:
            key.sitting = sitting
            key.save(update_fields=["sitting"])
            detail = {"sitting": sitting.pk, "before": before.pk}
            audit.record(key.institution, key, "compatkey.renewed", actor=key.account, detail=detail)
    return sitting


def sessions_of(key: CompatKey) -> "QuerySet[MonitoringSession]":
    """The sessions that a key may speak of: of its sitting, and of those that it followed. In the scope."""
    rows = queries.list_sessions(key.institution)
    if key.renews:
        return rows.filter(sitting__exam=key.sitting.exam_id)
    return rows.filter(sitting=key.sitting_id)


def may_speak_of(key: CompatKey, session: MonitoringSession) -> bool:
    """The same of one session, which is in hand with its sitting: asked for each frame."""
    if session.sitting is None or session.institution_id != key.institution_id:
        return False
    is_same_exam = session.sitting.exam_id == key.sitting.exam_id
    return session.sitting_id == key.sitting_id or (key.renews and is_same_exam)


def is_listed(origin: str) -> bool:
    """Whether any living key lists this origin: what a preflight without a key in its address may be told."""
    rows = CompatKey.objects.with_scopes_disabled().filter(revoked_at=None)
    return any(origin in each for each in rows.values_list("origins", flat=True))


def clean_origins(given: Iterable[str]) -> list[str]:
    """Origins as browsers send them, each once, in order. Raises InvalidInput, field `origins`."""
    found: dict[str, None] = {}
    for each in given:
        word = each.strip().rstrip("/").lower()
        if not word:
            continue
        if word != NULL_ORIGIN and not is_origin(word, schemes=("http", "https")):
            raise InvalidInput(
                f"{each.strip()[:100]} is no origin. Write https://exam.example, with its port where it has "
                "one and without a path, or null for pages opened from a file.",
                field="origins",
            )
        found[word] = None
    if len(found) > MOST_ORIGINS:
        raise InvalidInput(f"At most {MOST_ORIGINS} origins.", field="origins")
    return list(found)


def _sitting_for(
    institution: Institution, label: str, contracts: list[str], *, sound: bool, actor: User
) -> Sitting:
    sitting = default_sitting(institution, label=label, actor=actor)
    if PolicyAssignment.objects.filter(exam=sitting.exam).exists():
        return sitting
    is_dyte = Contract.DYTE in contracts
    preset = find_preset(AS_REPLACED if is_dyte else VIDEO_DEFAULTS)
    assert preset is not None  # the table has both
    policy = preset.policy(institution)
    policy.name, policy.sound = f"{preset.name}: {label}"[:100], sound
    if is_dyte:
        # Its clients send a picture a minute: looks as far apart have to do with each other.
        policy.rules = {**policy.rules, "different_person": {**_ONE_LOOK, "gap_seconds": 200.0}}
    stored = policy_files.store_new(policy, actor=actor, source="a compat key")
    PolicyAssignment.objects.create(institution=institution, exam=sitting.exam, policy=stored)
    detail = {"exam": sitting.exam_id, "policy": stored.pk}
    audit.record(institution, sitting.exam, "exam.policy_chosen", actor=actor, detail=detail)
    return sitting


def _refuse_others(institution: Institution, actor: User) -> None:
    if Role.ADMIN not in roles_of(actor, institution):
        raise NotAllowed("Only an institution admin can manage compat keys.")


def _clean_label(label: str) -> str:
    words = " ".join(label.split())
    if not words or len(words) > 100 or "\x00" in words:
        raise InvalidInput("Name the pages that use the key, in at most 100 characters.", field="label")
    return words


def _clean_contracts(contracts: Iterable[str]) -> list[str]:
    wanted = set(contracts)
    unknown = sorted(wanted - set(Contract.values))
    if unknown:
        raise InvalidInput(f"There is no contract {unknown[0]}.", field="contracts")
    if not wanted:
        raise InvalidInput("Choose at least one.", field="contracts")
    return [each for each in Contract.values if each in wanted]


def _clean_notice(notice: str) -> str:
    parts = urlsplit(notice.strip())
    if parts.scheme not in ("http", "https") or not parts.netloc or len(notice.strip()) > 300:
        raise InvalidInput("Give the address of what candidates read before they agree.", field="notice")
    return notice.strip()
