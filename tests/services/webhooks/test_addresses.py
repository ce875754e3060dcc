"""No webhook reaches into the operator's network, however its address is written."""

import socket
import threading
from typing import Any

import pytest

from accounts.models import Institution, User, WebhookEndpoint
from accounts.webhooks import addresses, endpoints, posting
from proctor_site.kernel.errors import InvalidInput
from tests.factories.webhooks import receiving

PRIVATE = [
    *("127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("::1", "::", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "::10.0.0.1", "2002:7f00:1::"),
    *("64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "224.0.0.1", "ff02::1", "255.255.255.255", "2001:db8::1"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_told_apart(address: str) -> None:
    assert not addresses.is_public(address)
    written = f"https://[{address}]/" if ":" in address else f"https://{address}/"
    with pytest.raises(InvalidInput) as refused:
        addresses.read(written)
    assert refused.value.field == "url"


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"])
def test_public_ones_are_called(address: str) -> None:
    assert addresses.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://register.example/",
            "ftp://register.example/",
            "register.example",
            "https://",
            "https:///a",
        ),
        *("https://a:b@register.example/", "https://register.example/#part", "https://register.example:0/"),
        *("https://register.example:99999/", "https://reg ister.example/", "https://[::1", "https://x..y/"),
        *("https://register.example/\r\nHost: b", "https://register.example/\x00", "https://b/" + "a" * 600),
        *("javascript:alert(1)", "file:///etc/passwd", "https://bücher.example/", ""),
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        addresses.read(url)
    assert refused.value.field == "url"


@pytest.mark.parametrize("found", [["10.0.0.5"], ["1.1.1.1", "::1"], ["::ffff:169.254.169.254"]])
def test_a_name_that_leads_inside_is_not_called(found: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[Any] = []
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    monkeypatch.setattr(socket, "create_connection", lambda *asked, **__: called.append(asked))
    answer = posting.post("https://register.example/", b"{}", {})
    assert answer.status is None and "not public" in answer.problem and not called


def test_the_checked_address_is_the_one_that_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second look-up could lead elsewhere (DNS rebinding): there is none."""
    asked: list[str] = []
    called: list[str] = []

    def look_up(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", 443))]

    def connect(address: tuple[str, int], **_: Any) -> Any:
        called.append(address[0])
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    assert "refused" in posting.post("https://register.example/", b"{}", {}).problem
    assert asked == ["register.example"] and called == ["1.1.1.1"]


def test_a_name_server_that_is_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: done.wait(60) and [])
    monkeypatch.setattr(addresses, "RESOLVE_S", 0.05)
    answer = posting.post("https://register.example/", b"{}", {})
    done.set()
    assert answer.status is None and "not found within" in answer.problem
    assert answer.milliseconds < 30_000


def test_private_hosts_only_where_the_operator_named_them(settings: Any) -> None:
    with receiving() as here:
        assert "not on the public" in posting.post(here.url, b"{}", {}).problem
        settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
        assert posting.post(here.url, b"{}", {}).is_taken
        # A receiver without a certificate of that name is not spoken to.
        secure = posting.post(here.url.replace("http:", "https:"), b"{}", {})
        assert secure.status is None and len(here.came) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "https://169.254.169.254/"}, "url"),
        ({"events": ["everything"]}, "events"),
        ({"events": []}, "events"),
        ({"name": " "}, "name"),
        ({"name": "a\x00"}, "name"),
    ],
)
def test_a_wrong_webhook_is_not_made(
    scoped: Institution, admin_member: User, wrong: dict[str, Any], field: str
) -> None:
    good = {"name": "Register", "url": "https://register.example/", "events": ["case.opened"]}
    with pytest.raises(InvalidInput) as refused:
        endpoints.make(scoped, actor=admin_member, **(good | wrong))
    assert refused.value.field == field
    assert not WebhookEndpoint.objects.exists()
