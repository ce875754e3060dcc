"""Who calls the public API: a token in the `Authorization` header, which acts for one institution."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.services.api_tokens import find_token
from proctor_site.kernel.errors import InvalidInput, NotSignedIn

REALM = "Proctor API"
_SCHEME = "bearer"
_IN_ADDRESS = ("token", "access_token", "api_token", "api_key", "apikey", "key", "authorization")


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`. A signed-in session counts for nothing here."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken]:
        """The account of the token, and the token.

        Raises NotSignedIn (token_missing, token_unknown, token_revoked, token_expired), and InvalidInput
        (token_in_address): addresses end up in logs and histories.
        """
        refuse_token_in_address(request)
        words = request.headers.get("Authorization", "").split()
        if not words or words[0].lower() != _SCHEME:
            raise NotSignedIn(
                "Give a token of your institution: Authorization: Bearer <token>.", code="token_missing"
            )
        if len(words) != 2 or not words[1].isascii():
            raise NotSignedIn("The header Authorization is not “Bearer <token>”.", code="token_unknown")
        token = find_token(words[1])
        return token.account, token

    def authenticate_header(self, request: Request) -> str:
        """What an answer 401 says in `WWW-Authenticate`."""
        return f'Bearer realm="{REALM}"'


def refuse_token_in_address(request: Any) -> None:
    """Raises InvalidInput (token_in_address) when the address carries what looks like a token."""
    found = next((name for name in request.query_params if name.lower() in _IN_ADDRESS), None)
    if found is not None:
        raise InvalidInput(
            "Never put a token into an address: it ends up in logs. Send it as the header "
            "Authorization: Bearer <token>, and revoke the one that was sent.",
            code="token_in_address",
            field=found,
        )


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI file describes the token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token of the institution."}
