// The evidence gallery: one picture large, the others as a strip; steps, and opens the large view.

import { freshLinks, renewOnError } from "./evidence_links.js";
import { PictureViewer } from "./picture_viewer.js";

export class Gallery {
  /** `root`: the gallery, `dialog`: the large view; `base` and `incident`: where fresh links come from. */
  constructor(root, dialog, base, incident) {
    Object.assign(this, { base, incident });
    this.viewer = new PictureViewer(dialog);
    this.stage = root.querySelector("#stage");
    this.picture = root.querySelector("#stage-picture");
    this.caption = root.querySelector("#stage-caption");
    this.thumbs = [...root.querySelectorAll(".gallery-thumb")];
    this.stage.addEventListener("click", () => this.enlarge());
    for (const thumb of this.thumbs) thumb.addEventListener("click", () => this.show(Number(thumb.dataset.place)));
    const itemOf = (image) => Number(image.closest("[data-item]")?.dataset.item ?? this.thumbs[this.place].dataset.item);
    renewOnError(root, base, () => incident, itemOf);
    this.show(Number(root.dataset.first));
  }

  show(place) {
    this.place = place;
    const thumb = this.thumbs[place];
    this.picture.src = thumb.querySelector("img").src;
    this.picture.alt = thumb.dataset.alt;
    this.caption.textContent = `${place + 1} of ${this.thumbs.length}: ${thumb.dataset.alt}`;
    for (const each of this.thumbs) {
      if (each === thumb) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
    const strip = thumb.closest("ol");
    const left = thumb.offsetLeft - strip.offsetLeft;
    if (left < strip.scrollLeft || left + thumb.offsetWidth > strip.scrollLeft + strip.clientWidth) {
      strip.scrollLeft = left - strip.clientWidth / 2;
    }
  }

  step(by) {
    if (this.thumbs[this.place + by]) this.show(this.place + by);
  }

  enlarge() {
    const pictures = this.thumbs.map((thumb) => ({
      id: Number(thumb.dataset.item),
      url: thumb.querySelector("img").src,
      alt: thumb.dataset.alt,
    }));
    const renew = () => freshLinks(this.base, this.incident);
    this.viewer.open(pictures, this.place, renew, (place) => this.show(place));
  }
}
