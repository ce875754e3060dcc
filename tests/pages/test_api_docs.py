"""The documentation of the API: every call stands there, and the page needs no script of others."""

import re

from django.test import Client

from tests.contracts.routes import all_routes


def test_every_call_stands_on_the_page(db: None, client: Client) -> None:
    answer = client.get("/api/docs/")
    page = answer.content.decode()
    routes = [route for route in all_routes() if route.pattern.startswith("api/v1/")]
    for route in routes:
        if route.pattern == "api/v1/schema/":
            continue
        address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.pattern)
        assert f"{route.method}</span> <code>/{address}</code>" in page, route
    assert "Scope: members:read." in page and "Idempotency-Key" in page
    assert not re.search(r"<(script|link)[^>]+(src|href)=\"(https?:)?//", page)
    assert "style=" not in page
