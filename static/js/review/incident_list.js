// The incident list: thumbnails whose links have expired get fresh ones.

import { renewOnError } from "./evidence_links.js";

const list = document.getElementById("incident-list");
if (list) {
  renewOnError(
    list,
    list.dataset.evidenceBase,
    (image) => image.dataset.incident,
    (image) => Number(image.dataset.item),
  );
}
