"""Prints the public keys with which signatures of this server are verified."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import signing_keys


class Command(BaseCommand):
    help = "Prints name and public key (base64) of the signing key, then of the former ones."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, key in signing_keys.public_keys().items():
            self.stdout.write(f"{name}  {key}")
