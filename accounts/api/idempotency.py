"""Creating calls that may be repeated: the same `Idempotency-Key` and body gets the first answer again."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, transaction
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken, IdempotentCall
from accounts.webhooks import keeping
from proctor_site.kernel import clock
from proctor_site.kernel.errors import Conflict, InvalidInput

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_LONGEST_S = 120
"""After so long a call that says nothing is thought to have died with its process."""


def answer_once(request: Request, act: Callable[[], Response], *, secret: str = "") -> Response:
    """Does `act` in one transaction with its stored answer, or gives the stored answer of the same call.

    `secret`: the field of the answer that is stored encrypted with the operator's key.

    Without the header `act` is simply done. A call that is refused stores nothing: it may be mended and
    sent again under its key. Raises InvalidInput (field Idempotency-Key), Conflict `key_in_use` (the first
    such call is under way) and `key_of_another_call` (other body or address).
    """
    key = request.headers.get(HEADER)
    if key is None:
        return act()
    if not _KEY.fullmatch(key):
        raise InvalidInput("Give 1 to 255 printable ASCII characters, without spaces.", field=HEADER)
    token: ApiToken = request.auth  # type: ignore[assignment]
    mark = _fingerprint(request)
    busy = f"api-key:{token.account_id}:{hashlib.sha256(key.encode()).hexdigest()}"
    if not cache.add(busy, 1, timeout=_LONGEST_S):
        raise _under_way()
    try:
        return _stored(token, key, mark, secret) or _do(token, key, mark, act, secret)
    finally:
        cache.delete(busy)


def clear_old() -> int:
    """Forgets the calls of more than KEPT_FOR ago, of every institution; returns how many."""
    rows = IdempotentCall.objects.with_scopes_disabled().filter(created_at__lt=clock.now() - KEPT_FOR)
    return int(rows.delete()[0])


def _stored(token: ApiToken, key: str, mark: str, secret: str) -> Response | None:
    found = IdempotentCall.objects.filter(account=token.account_id, key=key).first()
    if found is None:
        return None
    if found.created_at < clock.now() - KEPT_FOR:
        found.delete()
        return None
    if found.fingerprint != mark:
        raise Conflict(
            "This key was used for another call. Use a new key for each thing that you create.",
            code="key_of_another_call",
            field=HEADER,
        )
    answer = found.answer
    if secret:
        answer = answer | {secret: keeping.unseal(base64.b64decode(answer[secret]))}
    return Response(answer, status=found.status, headers={"Idempotent-Replayed": "true"})


def _do(token: ApiToken, key: str, mark: str, act: Callable[[], Response], secret: str) -> Response:
    with transaction.atomic():
        try:
            with transaction.atomic():
                call = IdempotentCall.objects.create(
                    institution=token.institution,
                    account=token.account,
                    key=key,
                    fingerprint=mark,
                    created_at=clock.now(),
                )
        except IntegrityError as error:  # another server, whose cache is not ours, was faster
            raise _under_way() from error
        response = act()
        call.status = response.status_code
        call.answer = json.loads(JSONRenderer().render(response.data))
        if secret:
            call.answer[secret] = base64.b64encode(keeping.seal(call.answer[secret])).decode()
        call.save(update_fields=["status", "answer"])
    return response


def _under_way() -> Conflict:
    return Conflict(
        "A call with this key is under way. Wait a second and repeat it.",
        code="key_in_use",
        field=HEADER,
        details={"retry_after_ms": 1000},
    )


def _fingerprint(request: Request) -> str:
    body: Any = request.data
    parts = [request.method, request.get_full_path(), json.dumps(body, sort_keys=True)]
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
