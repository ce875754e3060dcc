"""The admin form of a file upload question."""

from typing import Any

from django import forms

from exams.kinds.base import Content
from exams.kinds.content_form import Cleaned, ContentForm, FieldNames
from exams.kinds.file_upload.kind import LARGEST_MB, MOST_FILES
from exams.kinds.file_upload.types import TYPES


class FileUploadForm(ContentForm):
    """Which files, how many, how large."""

    def fields(self, before: Content | None) -> dict[str, forms.Field]:
        return {
            "types": forms.MultipleChoiceField(
                label="Types of file",
                choices=[(ending, f"{found.label} (.{ending})") for ending, found in TYPES.items()],
                widget=forms.CheckboxSelectMultiple,
                initial=before["types"] if before else ["pdf"],
                help_text="Name and content of a file must both be of a chosen type.",
            ),
            "most_files": forms.IntegerField(
                label="Most files",
                min_value=1,
                max_value=MOST_FILES,
                initial=before["most_files"] if before else 1,
            ),
            "largest_mb": forms.IntegerField(
                label="Largest size in MB",
                min_value=1,
                max_value=LARGEST_MB,
                initial=before["largest_mb"] if before else 10,
                help_text="Of each file. Uploads are marked by a person.",
            ),
        }

    def layout(self, before: Content | None) -> FieldNames:
        return ["types", ("most_files", "largest_mb")]

    def read(self, cleaned: Cleaned, before: Content | None) -> dict[str, Any]:
        return {name: cleaned.get(name) for name in ("types", "most_files", "largest_mb")}
