"""What every call by token shares: who asks, which scope it needs, how often, and the tenancy scope."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, ClassVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import idempotency
from accounts.api.authentication import REALM, TokenAuthentication
from accounts.api.paging import DEFAULT_LIMIT, MOST
from accounts.api.parsers import WholeSignsJSONParser
from accounts.api.shapes import LARGEST, OfficeProblemSerializer
from accounts.api.throttle import Allowed, count_call, refuse_too_many
from accounts.api_scopes import SCOPES
from accounts.models import ApiToken, Institution, User
from accounts.permissions import remember_roles
from accounts.tenancy import within
from proctor_site.kernel.errors import NotAllowed, NotFound

_PROBLEM = OfficeProblemSerializer
_WORDS = {
    400: "A field is wrong or unknown; `field` names it.",
    401: "No token, or one that is unknown, expired or revoked.",
    403: "The token lacks the scope, which `scope` names, or the act is for people only.",
    404: "There is no such thing in the token's institution.",
    409: "The state does not allow it, or the idempotency key is in use.",
    413: "The body is too large.",
    429: "Too many calls in this minute; wait as `Retry-After` says.",
}
_READING = (400, 401, 403, 404, 429)


class TokenSchema(AutoSchema):
    """Adds to each call in the OpenAPI file which scope it needs."""

    def get_description(self) -> str:  # type: ignore[override]
        view: Any = self.view
        scope = view.scopes[self.method]
        less = f"; or `{view.instead}`, for the token's own sessions" if view.instead else ""
        return f"{super().get_description()}\n\nScope: `{scope}`{less}."


class TokenView(APIView):
    """A call by token. `scopes` says for each method of the view which one scope it needs.

    Runs inside the scope of the token's institution, so that rows of others do not exist for it. `actor` is
    the token's account: who the services and the audit log name. It has the roles of the needed scope only.
    """

    authentication_classes = [TokenAuthentication]
    permission_classes = []
    parser_classes = [WholeSignsJSONParser]
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    schema = TokenSchema()
    scopes: ClassVar[Mapping[str, str]] = {}
    instead: ClassVar[str] = ""
    """A scope that is enough too; the view then gives less, as `narrowed` says."""
    is_capture: ClassVar[bool] = False
    """Whether calls count as captures, of which many come each second."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self._allowed: Allowed | None = None
        self.narrowed = False
        with ExitStack() as self._open:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        token = self.token
        method = str(request.method)
        self._allowed = count_call(token.account_id, method, is_capture=self.is_capture)
        refuse_too_many(self._allowed)
        self._open.enter_context(within(token.institution))
        if any(isinstance(value, int) and value > LARGEST for value in kwargs.values()):
            raise NotFound("There is no such thing in your institution.")
        needed = self.scopes.get("GET" if method == "HEAD" else method)
        if needed is None:
            return  # there is no such method: answered with 405
        if needed not in token.scopes and self.instead in token.scopes:
            needed = self.instead
            self.narrowed = True
        if needed not in token.scopes:
            raise NotAllowed(
                f"This token lacks the scope {needed}. Ask an admin of your institution for one that has it.",
                code="scope_missing",
                details={"scope": needed},
            )
        remember_roles(token.account, token.institution_id, SCOPES[needed].roles)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        if self._allowed is not None:
            for name, value in self._allowed.headers.items():
                answer[name] = value
        if answer.status_code == 401:
            answer["WWW-Authenticate"] = f'Bearer realm="{REALM}", error="invalid_token"'
        return answer

    @property
    def token(self) -> ApiToken:
        """The token of this call."""
        token: ApiToken = self.request.auth  # type: ignore[assignment]
        return token

    @property
    def institution(self) -> Institution:
        """The token's institution."""
        return self.token.institution

    @property
    def actor(self) -> User:
        """The account of the token, for services and the audit log."""
        return self.token.account

    def once(self, act: Callable[[], Response], *, secret: str = "") -> Response:
        """`idempotency.answer_once` for this call."""
        return idempotency.answer_once(self.request, act, secret=secret)


def operation(
    operation_id: str,
    *,
    tag: str,
    answer: Any,
    status: int = 200,
    body: Any = None,
    query: Any = None,
    is_paged: bool = False,
    takes_key: bool = False,
    examples: Any = None,
) -> Any:
    """Describes a call by token for the OpenAPI file: answer, errors, paging, idempotency key.

    `status` 201 means that it creates something, and takes an `Idempotency-Key`; so does what is sent again
    by others (`takes_key`).
    """
    codes = _READING if body is None and status == 200 else tuple(_WORDS)
    errors: dict[int, Any] = {code: OpenApiResponse(_PROBLEM, _WORDS[code]) for code in codes}
    parameters: list[Any] = [] if query is None else [query]
    if is_paged:
        parameters += [
            OpenApiParameter("limit", int, description=f"Rows of a page: {DEFAULT_LIMIT}, at most {MOST}."),
            OpenApiParameter("cursor", str, description="From `next` or `previous` of another page."),
        ]
    if status == 201 or takes_key:
        parameters.append(
            OpenApiParameter(
                idempotency.HEADER,
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                description="The same key and body within 24 hours get the same answer; made once.",
            )
        )
    return extend_schema(
        operation_id=operation_id,
        tags=[tag],
        request=body,
        parameters=parameters,
        responses={status: answer, **errors},
        examples=examples,
    )
