"""What came last to the API and the old contracts: webhooks, pools, categories, copies, films, live rooms."""

from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from accounts import uploads
from accounts.api.parsers import MOST_BYTES
from accounts.models import Institution, WebhookEndpoint
from accounts.tenancy import within
from accounts.webhooks import addresses
from tests.factories.compat import client_of, new_key
from tests.factories.exams import make_exam
from tests.factories.tokens import token_client

pytestmark = pytest.mark.django_db
BASE = "/api/v1/institution/"
LATE = ("webhooks/", "question-categories/", "exams/{exam}/pools/", "exams/{exam}/copies/", "sessions/")
REFUSED = (
    *("http://register.example/", "file:///etc/passwd", "gopher://register.example/", "//register.example/"),
    *("https://user:word@register.example/", "https://", "https://register.example:0/"),
)
INSIDE = (
    *("https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/hooks", "https://localhost/"),
    *("https://169.254.169.254/latest/meta-data/", "https://[::ffff:10.0.0.1]/", "https://2130706433/"),
)


@pytest.fixture
def api(institution: Institution) -> APIClient:
    return token_client(institution)


@pytest.fixture
def film_client(institution: Institution, settings: Any) -> Client:
    settings.COMPAT = True
    return client_of(new_key(institution)[1])


@pytest.mark.parametrize("url", INSIDE)
def test_no_webhook_reaches_inside(url: str, api: APIClient) -> None:
    made = api.post(BASE + "webhooks/", {"name": "Inside", "url": url, "events": ["case.opened"]})
    if made.status_code == 400:
        assert made.data["field"] == "url"
        return
    with pytest.raises(addresses.Forbidden):
        addresses.resolve(addresses.read(made.json()["url"]))


@pytest.mark.parametrize("url", REFUSED)
def test_no_webhook_is_made_for_what_is_no_https_address(
    url: str, api: APIClient, institution: Institution
) -> None:
    answer = api.post(BASE + "webhooks/", {"name": "Inside", "url": url, "events": ["case.opened"]})
    assert (answer.status_code, answer.data["field"]) == (400, "url")
    with within(institution):
        assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("tail", LATE)
def test_bodies_are_small_and_json_alone(tail: str, api: APIClient, institution: Institution) -> None:
    address = BASE + tail.format(exam=make_exam(institution).pk)
    large = '{"name": "' + "x" * (MOST_BYTES + 1) + '"}'
    assert api.generic("POST", address, large, content_type="application/json").status_code == 413
    for kind in (
        "text/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/html",
    ):
        assert api.generic("POST", address, "<a/>", content_type=kind).status_code == 415, kind


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..%2f..%2fdb.sqlite3", "/etc/passwd", "a\\..\\b", "~root"]
)
def test_names_that_look_like_paths_stay_names(name: str, api: APIClient, film_client: Client) -> None:
    made = api.post(BASE + "question-categories/", {"name": name})
    assert made.status_code == 201 and made.json()["name"] == name
    for tail in (f"webhooks/{name}/", f"sessions/{name}/", f"webhook-deliveries/{name}/replay/"):
        assert api.get(BASE + tail).status_code in (404, 405), tail
    assert film_client.get(f"/comprehensive-interview-analysis/{name}").status_code in (400, 404)
    guest = Client().get(f"/meeting/guest/{name}/")
    assert guest.status_code == 404 and b"root:" not in guest.content
    assert Client().get(f"/meeting/guest/{'x' * 5_000}/").status_code == 404


def stored_for(institution: Institution) -> set[str]:
    """Files that wait; tests of other rows with the same number may have left some."""
    store = storages[uploads.STORE]
    folders, files = store.listdir(str(institution.pk)) if store.exists(str(institution.pk)) else ([], [])
    assert not folders
    return set(files)


def test_a_film_is_stored_under_a_name_of_ours(
    film_client: Client, institution: Institution, settings: Any
) -> None:
    settings.COMPAT_FILM_WAIT_S = 0
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    film = SimpleUploadedFile("../../../evil.webm", b"\x1aE\xdf\xa3" + b"x" * 500, "text/html")
    before = stored_for(institution)
    sent = film_client.post("/comprehensive-interview-analysis", {"video": film, "frame_interval": "5"})
    assert sent.status_code == 202, sent.content
    [made] = stored_for(institution) - before
    assert made.startswith("film-") and "evil" not in made
