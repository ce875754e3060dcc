"""The admin form of a question about places in a picture."""

from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.content_form import Cleaned, ContentForm, FieldNames
from exams.kinds.hotspot.kind import LARGEST_SIDE, LONGEST_DESCRIPTION, MOST_REGIONS
from exams.kinds.hotspot.regions import read_words, write_words


class HotspotForm(ContentForm):
    """The picture by its reference, its size, and the regions, one a line."""

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        return {
            "media": forms.CharField(
                label="Picture",
                max_length=60,
                initial=f"media:{before['media']}" if before else "",
                help_text="Its reference, such as media:… from the list of pictures, sounds and files.",
            ),
            "description": forms.CharField(
                max_length=LONGEST_DESCRIPTION,
                initial=before["description"] if before else "",
                widget=forms.TextInput(attrs={"class": "vTextField"}),
                help_text="What the picture shows, for people who cannot see it; without the answer.",
            ),
            "width": _size_field("Width in pixels", before["width"] if before else None),
            "height": _size_field("Height in pixels", before["height"] if before else None),
            "regions": forms.CharField(
                label="Right places",
                widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
                initial="\n".join(write_words(region) for region in before["regions"]) if before else "",
                help_text="The same as text: one a line, in pixels from the left and from the top: "
                "“circle 120 80 20” (middle, radius), “rect 10 10 50 40” (corner, width, height) or "
                "“polygon 0,0 10,0 5,9”.",
            ),
            "needed": forms.IntegerField(
                label="Places to mark",
                min_value=1,
                max_value=MOST_REGIONS,
                initial=before["needed"] if before else 1,
                help_text="How many of the right places a candidate has to find, and may mark.",
            ),
        }

    def layout(self, before: Content | None) -> FieldNames:
        return ["media", "description", ("width", "height"), "regions", "needed"]

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        lines = [line for line in (cleaned.get("regions") or "").splitlines() if line.strip()]
        return {
            "media": (cleaned.get("media") or "").strip().removeprefix("media:"),
            **{name: cleaned.get(name) for name in ("description", "width", "height", "needed")},
            "regions": [read_words(line) for line in lines],
        }


def _size_field(label: str, initial: int | None) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=LARGEST_SIDE, initial=initial)
