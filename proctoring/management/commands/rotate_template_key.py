"""Encrypts every face template anew with PROCTOR_TEMPLATE_KEY, so that the former key can be thrown away."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.tenancy import across_all
from proctor_site.kernel.errors import Unavailable
from proctoring.analysis import templates
from proctoring.models import ReferenceFace


class Command(BaseCommand):
    """Safe to repeat and to run while the server works. Exit code 1 when no key reads a template."""

    help = "Encrypts face templates anew after PROCTOR_TEMPLATE_KEY was changed."

    def handle(self, *args: Any, **options: Any) -> None:
        rotated, unreadable = 0, []
        with across_all():
            for face in ReferenceFace.objects.only("pk", "template").order_by("pk").iterator(chunk_size=500):
                try:
                    rotated += _rotate(face)
                except Unavailable:
                    unreadable.append(face.pk)
        self.stdout.write(f"{rotated} templates are under the new key now.")
        if unreadable:
            raise CommandError(
                f"{len(unreadable)} templates cannot be read with any key; set PROCTOR_TEMPLATE_KEY_BEFORE "
                "to the key they were made with. Until then these faces are not compared."
            )


def _rotate(face: ReferenceFace) -> int:
    if templates.is_under_newest_key(face.template):
        return 0
    # Only the row as it was read: a photo taken anew in the meantime is under the new key already.
    unchanged = ReferenceFace.objects.filter(pk=face.pk, template=face.template)
    return unchanged.update(template=templates.seal_anew(face.template))
