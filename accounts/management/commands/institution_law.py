"""Changes what an institution is and in which country, for the operator; audited."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.emotion_law import law_refusal
from accounts.models import Institution
from accounts.models.institution import InstitutionKind
from accounts.services.institutions import change_law
from proctor_site.kernel.errors import InvalidInput


class Command(BaseCommand):
    """Exit code 1 when there is no such institution or a value is wrong; then nothing has changed."""

    help = "Changes kind and country of an institution: they decide which law applies."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--kind", default="", choices=["", *InstitutionKind.values])
        parser.add_argument("--country", default="", help="ISO 3166 code, such as AT")
        parser.add_argument("--reason", required=True, help="kept in the history of the institution")

    def handle(self, *args: Any, **options: Any) -> None:
        found = Institution.objects.filter(slug=options["slug"]).first()
        if found is None:
            raise CommandError(f"There is no institution {options['slug']!r}.")
        try:
            changed = change_law(
                found, kind=options["kind"], country=options["country"], reason=options["reason"]
            )
        except InvalidInput as refusal:
            raise CommandError(f"{refusal.field}: {refusal.message}") from refusal
        self.stdout.write(f"Changed: {', '.join(changed)}." if changed else "Nothing was changed.")
        self.stdout.write(law_refusal(found) or "The law leaves it to the institution to allow emotions.")
