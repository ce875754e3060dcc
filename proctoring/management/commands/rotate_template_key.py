"""Encrypts templates, and keys of document photos, with PROCTOR_TEMPLATE_KEY; the former key may go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.tenancy import across_all
from proctor_site.kernel.errors import Unavailable
from proctoring.analysis import templates
from proctoring.models import DocumentCheck, ReferenceFace, ReferenceVoice

_COLUMNS: tuple[tuple[type[Any], str], ...] = (
    (ReferenceFace, "template"),
    (ReferenceVoice, "template"),
    (DocumentCheck, "photo_key"),
)


class Command(BaseCommand):
    """Safe to repeat and to run while the server works. Exit code 1 when no key reads a template."""

    help = "Encrypts face templates anew after PROCTOR_TEMPLATE_KEY was changed."

    def handle(self, *args: Any, **options: Any) -> None:
        rotated, unreadable = 0, []
        with across_all():
            for model, column in _COLUMNS:
                for row in model.objects.only("pk", column).order_by("pk").iterator(chunk_size=500):
                    try:
                        rotated += _rotate(row, column)
                    except Unavailable:
                        unreadable.append(row.pk)
        self.stdout.write(f"{rotated} templates and file keys are under the new key now.")
        if unreadable:
            raise CommandError(
                f"{len(unreadable)} of them cannot be read with any key; set PROCTOR_TEMPLATE_KEY_BEFORE "
                "to the key they were made with. Until then these faces and voices are not compared."
            )


def _rotate(row: ReferenceFace | ReferenceVoice | DocumentCheck, column: str) -> int:
    sealed = getattr(row, column)
    if not sealed or templates.is_under_newest_key(sealed):
        return 0
    # Only the row as it was read: a photo taken anew in the meantime is under the new key already.
    unchanged = type(row).objects.filter(pk=row.pk, **{column: sealed})
    return unchanged.update(**{column: templates.seal_anew(sealed)})
