"""Links of the desk: one question serves all pieces of an incident, and what is gone stays gone."""

from typing import Any

from tests.node import run_script

_SCRIPT = """
import { Links } from "@static/js/review/desk/links.js";
const items = [
  { id: 1, url: "a", renew: "/7/" }, { id: 2, url: "b", renew: "/7/" },
  { id: 3, url: "c", renew: "" }, { id: 4, url: "d", renew: "/8/" },
];
const asked = [];
const links = new Links(items, async (url) => {
  asked.push(url);
  if (url === "/8/") throw new Error("gone");
  return { evidence: [{ id: 1, url: "fresh" }], sounds: [{ id: 9, url: "foreign" }] };
});
const old = items.map((item) => links.isOld(item, 9 * 60000));
const found = await Promise.all(items.map((item) => links.renew(item).catch((error) => error.message)));
const urls = items.map(({ url }) => url);
const isOldNow = links.isOld(items[0]);
console.log(JSON.stringify({ asked, found, urls, old, isOldNow }));
"""


def test_fresh_links_come_for_all_pieces_of_an_incident_at_once() -> None:
    told: dict[str, Any] = run_script(_SCRIPT, None)
    assert told["asked"] == ["/7/", "/8/"]
    assert told["found"] == [True, False, False, "gone"]
    assert told["urls"] == ["fresh", "b", "c", "d"]
    assert told["old"] == [True] * 4 and not told["isOldNow"]
