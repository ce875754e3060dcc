"""Cloudflare's RealtimeKit API as its documentation describes it: meetings and participants of one app."""

import re
from typing import Any

from tests.hosted_server import Answer, Asked, HostedServer, as_json

ACCOUNT, APP, TOKEN = "account-1", "app-1", "a-cloudflare-token-that-nobody-may-read"
_BASE = f"/client/v4/accounts/{ACCOUNT}/realtime/kit/{APP}/meetings"
_MEETING = re.compile(_BASE + r"/(?P<meeting>[\w-]+)(?P<rest>/.*)?")
_PERSON = re.compile(r"/participants/(?P<person>[\w-]+)(?P<token>/token)?")
_WHEN = "2026-11-21T10:00:00.000Z"


class RealtimeKitServer(HostedServer):
    """Knows its meetings; adding answers 201, as the service does."""

    def __init__(self) -> None:
        super().__init__()
        self.meetings: dict[str, dict[str, Any]] = {}
        self.people: dict[str, dict[str, dict[str, Any]]] = {}
        self.kicked: list[tuple[str, str]] = []
        self.count = 0

    def choose(self, settings: Any) -> None:
        """Lets the site use this server."""
        settings.LIVE_PROVIDER = "realtimekit"
        settings.REALTIMEKIT_URL = f"http://{self.address}/client/v4"
        settings.REALTIMEKIT_ACCOUNT, settings.REALTIMEKIT_APP = ACCOUNT, APP
        settings.REALTIMEKIT_TOKEN = TOKEN

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return as_json({"success": False, "errors": [{"code": 10000, "message": "no"}]}, 401)
        if asked.path == _BASE:
            return self._list(asked) if asked.method == "GET" else self._create(asked)
        found = _MEETING.fullmatch(asked.path)
        if found is None:
            return self._unknown(asked)
        if found["meeting"] not in self.meetings:
            return _none()
        return self._within(asked, found["meeting"], found["rest"] or "")

    def _list(self, asked: Asked) -> Answer:
        wanted = asked.query
        rows = [
            each
            for each in self.meetings.values()
            if wanted.get("search", "") in each["title"] and wanted.get("status", "ACTIVE") == each["status"]
        ]
        size, page = int(wanted.get("per_page", 20)), int(wanted.get("page_no", 1))
        return as_json({"success": True, "data": rows[(page - 1) * size : page * size]})

    def _create(self, asked: Asked) -> Answer:
        body = asked.json()
        if asked.method != "POST" or set(body) != {"title", "record_on_start", "persist_chat"}:
            return self._unknown(asked)
        if body["record_on_start"] or body["persist_chat"]:
            self.wrong.append("nothing is kept there")
        name = self._name("meeting")
        self.meetings[name] = {"id": name, "title": body["title"], "status": "ACTIVE", **_times()}
        self.people[name] = {}
        return as_json({"success": True, "data": self.meetings[name]}, 201)

    def _within(self, asked: Asked, meeting: str, rest: str) -> Answer:
        people, body = self.people[meeting], asked.json() or {}
        said = (asked.method, rest)
        if said == ("PATCH", "") and body == {"status": "INACTIVE"}:
            self.meetings[meeting]["status"] = "INACTIVE"
            return as_json({"success": True, "data": self.meetings[meeting]})
        if said == ("POST", "/participants"):
            return self._add(asked, people, body)
        if said == ("GET", "/participants"):
            return as_json({"success": True, "data": list(people.values())})
        if said == ("POST", "/active-session/kick-all"):
            self.kicked.append((meeting, "all"))
            return as_json({"success": True, "data": {"action": "kick"}})
        if said == ("POST", "/active-session/kick"):
            if set(body) != {"custom_participant_ids", "participant_ids"}:
                self.wrong.append(str(body))
            self.kicked += [(meeting, each) for each in body["custom_participant_ids"]]
            return as_json({"success": True, "data": {"action": "kick"}})
        person = _PERSON.fullmatch(rest)
        if person is None:
            return self._unknown(asked)
        if person["person"] not in people:
            return _none()
        if person["token"] and asked.method == "POST":
            return as_json({"success": True, "data": {"token": f"renewed-{self._name('token')}"}})
        if asked.method == "DELETE":
            return as_json({"success": True, "data": people.pop(person["person"])})
        return self._unknown(asked)

    def _add(self, asked: Asked, people: dict[str, Any], body: dict[str, Any]) -> Answer:
        if set(body) != {"custom_participant_id", "preset_name", "name"}:
            return self._unknown(asked)
        name = self._name("person")
        people[name] = {"id": name, **body, **_times()}
        return as_json({"success": True, "data": people[name] | {"token": f"token-{name}"}}, 201)

    def _name(self, what: str) -> str:
        self.count += 1
        return f"{what}-{self.count}"

    def _unknown(self, asked: Asked) -> Answer:
        self.wrong.append(f"{asked.method} {asked.path} {asked.body[:200]!r}")
        return as_json({"success": False, "errors": [{"code": 1, "message": "bad"}]}, 422)


def _none() -> Answer:
    return as_json({"success": False, "errors": [{"code": 404, "message": "not found"}]}, 404)


def _times() -> dict[str, str]:
    return {"created_at": _WHEN, "updated_at": _WHEN}
