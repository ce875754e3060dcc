"""Ends the sessions of one person, or of everybody, for the operator: after a theft, or a change of keys."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError

from accounts import sign_ins
from accounts.models import SignIn, User
from accounts.services.people import find_person


class Command(BaseCommand):
    """Exit code 1 when nobody has that address. Who takes an exam has to sign in again; its clock goes on."""

    help = "Ends sessions: of one person, or of everybody."

    def add_arguments(self, parser: ArgumentParser) -> None:
        chosen = parser.add_mutually_exclusive_group(required=True)
        chosen.add_argument("--person", metavar="EMAIL")
        chosen.add_argument("--everybody", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["everybody"]:
            alive = Session.objects.values_list("session_key", flat=True)
            rows = SignIn.objects.exclude(session_key="").filter(session_key__in=alive)
            people = User.objects.filter(pk__in=rows.values("person"))
        else:
            found = find_person(options["person"])
            if found is None:
                raise CommandError("Nobody has this address.")
            people = User.objects.filter(pk=found.pk)
        ended = sum(sign_ins.end_all(person) for person in people.iterator())
        self.stdout.write(f"Sessions that were ended: {ended}.")
