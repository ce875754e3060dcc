"""Makes the demo institution, prints where to go and who may sign in, then serves. `./run` calls it."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from proctor_site import serving
from proctor_site.demo import old_clients, seed
from proctor_site.kernel.errors import Refusal


class Command(BaseCommand):
    help = "Prepares the demo (database, accounts, an open sitting, static files) and starts the web server."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-server", action="store_true", help="prepare and print, but do not serve")

    def handle(self, *args: Any, **options: Any) -> None:
        if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
            raise CommandError(
                "The demo makes accounts whose passwords it prints, so it refuses a server database "
                "(DATABASE_URL is set). Use: ./run serve"
            )
        if not options["no_server"]:
            try:
                serving.refuse_busy_port()
            except Refusal as refusal:
                raise CommandError(refusal.message) from refusal
        self._step("Database", lambda: call_command("migrate", interactive=False, verbosity=0))
        sitting, made = seed.seed()
        accounts = _kept_accounts(made)
        self._step("Static files", serving.collect_static)
        self.stdout.write(_banner(sitting.title, accounts))
        if not options["no_server"]:
            self.stdout.write("Serving. Stop with Ctrl-C.")
            serving.run_server()

    def _step(self, name: str, work: Any) -> None:
        self.stdout.write(f"{name} ...", ending=" ")
        self.stdout.flush()
        work()
        self.stdout.write("ok")


def _kept_accounts(made: list[seed.DemoAccount]) -> str:
    """The list of accounts: written when they are made, read again at later starts."""
    path = Path(settings.DATA_DIR) / "demo_accounts.txt"
    if made:
        lines = [f"{each.role.label:<18}{each.email:<26}{each.password}" for each in made]
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    if not path.exists():
        return '(The list of demo accounts is gone; "Forgot your password?" prints a new link here.)'
    return path.read_text(encoding="utf-8").rstrip()


def _banner(sitting: str, accounts: str) -> str:
    base = settings.BASE_URL
    return f"""
Demo College is ready. The sitting "{sitting}" is open now.

  Candidates take the exam     {base}/
  Proctors watch               {base}/i/{seed.SLUG}/watch/
  Exam officers and reviewers  {base}/admin/
  Try a camera by the API      {base}/demo/camera/
  Register an institution      {base}/register/   (mails are printed below){_old_clients(base)}

  Try it: sign in as a candidate in one browser and as a proctor in another (or a private window),
  because one browser holds one sign-in. Accounts (kept in {Path(settings.DATA_DIR).name}/demo_accounts.txt):

{accounts}
"""


def _old_clients(base: str) -> str:
    """The address for pages of replaced systems, where they are answered."""
    return f"\n  Pages of replaced systems    {base}/compat/{old_clients.KEY}" if settings.COMPAT else ""
