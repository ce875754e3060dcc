"""A roster of 10,000 rows: read, tried out, imported, and once more; time and peak memory of each."""

import tempfile
from collections.abc import Callable

from tests.load import steps

ROWS = 10_000
ACCOUNTS = ROWS // 2
"""So many of the rows are candidates already; the others are invited."""
MAILS = 500


def main() -> None:
    """Prints all figures. Memory is what the process grew by at its peak."""
    with tempfile.TemporaryDirectory(prefix="proctor-bench-") as folder:
        seeded = steps.run(__name__, "seed", folder)
        print(f"{ROWS:,} rows, SQLite; {ACCOUNTS:,} accounts made in {seeded['seconds']:.0f} s")
        for name in ("read CSV", "read XLSX", "try out", "import", "import again", f"send {MAILS:,} e-mails"):
            print(steps.line(name, steps.run(__name__, name, folder), width=22), flush=True)


def prepare(name: str) -> Callable[[], str]:
    """The action of one step. Nothing is carried out by itself: each step is measured apart."""
    from django.conf import settings

    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    from django_tasks import task_backends

    task_backends._settings = task_backends.settings = task_backends.configure_settings(None)
    return _seed if name == "seed" else _action(name)


def _seed() -> str:
    from django.core.management import call_command

    from accounts.models import Membership, User
    from accounts.roles import Role
    from tests.factories.accounts import make_institution, make_member
    from tests.factories.exams import make_exam, make_sitting

    call_command("migrate", verbosity=0)
    institution = make_institution("Load Hall", "load-hall")
    make_member(institution, Role.EXAM_OFFICER)
    users = User.objects.bulk_create(
        User(email=f"p{number}@example.org", name=f"Person {number}", password="!")
        for number in range(ACCOUNTS)
    )
    Membership._base_manager.bulk_create(
        Membership(institution=institution, user=user, role=Role.CANDIDATE) for user in users
    )
    make_sitting(make_exam(institution))
    return ""


def _files() -> tuple[bytes, bytes]:
    from exams.tables import Format, as_bytes

    headers = ("E-mail", "Name", "Group", "Extra minutes", "Factor")
    rows = [
        (f"p{number}@example.org", f"Person {number}", f"Class {number % 40}", 15 * (number % 20 == 0), "1")
        for number in range(ROWS)
    ]
    return as_bytes(Format.CSV, headers, rows), as_bytes(Format.XLSX, headers, rows)


def _action(name: str) -> Callable[[], str]:
    from accounts.models import User
    from exams.models import Roster, Sitting, SittingMail
    from exams.scheduling import roster
    from exams.scheduling.roster_file import read_rows
    from exams.scheduling.roster_rows import understand
    from exams.scheduling.verdicts import judge

    text, book = _files()
    sitting = Sitting._base_manager.select_related("institution", "exam").get()
    actor = User.objects.get(memberships__role="exam_officer")

    def within(work: Callable[[], str]) -> Callable[[], str]:
        def run() -> str:
            from accounts.tenancy import within as scope

            with scope(sitting.institution):
                return work()

        return run

    def try_out() -> str:
        return _counts([each.outcome for each in judge(sitting, understand(read_rows(text)).rows)])

    def bring_in() -> str:
        made = roster.read_roster(sitting, file_name="bench.csv", data=text, actor=actor)
        job = roster.import_roster(made, actor=actor)
        _carry_out(job.pk)
        return _counts([outcome for _, _, outcome, _ in Roster.objects.get(pk=made.pk).outcomes])

    def send() -> str:
        from accounts.models import Job

        kept = list(SittingMail.objects.order_by("id").values_list("pk", flat=True)[:MAILS])
        SittingMail.objects.exclude(pk__in=kept).delete()
        _carry_out(Job.objects.filter(kind="exams.send_mails").latest("pk").pk)
        return f"{SittingMail.objects.exclude(sent_at=None).count():,} sent"

    actions: dict[str, Callable[[], str]] = {
        "read CSV": lambda: f"{len(understand(read_rows(text)).rows):,} rows, {len(text) // 1000:,} kB",
        "read XLSX": lambda: f"{len(understand(read_rows(book)).rows):,} rows, {len(book) // 1000:,} kB",
        "try out": lambda: _counts(
            [each.outcome for each in judge(sitting, understand(read_rows(text)).rows)]
        ),
        "import": bring_in,
        "import again": bring_in,
        f"send {MAILS:,} e-mails": send,
    }
    return within(actions[name])


def _carry_out(job_id: int) -> None:
    from accounts.jobs.running import run
    from accounts.models import Job

    run(job_id)
    job = Job.objects.get(pk=job_id)
    assert job.state == "done", job.reason


def _counts(outcomes: list[str]) -> str:
    from exams.scheduling.roster import counts

    return ", ".join(f"{count:,} {outcome}" for outcome, count in counts(outcomes).items())


if __name__ == "__main__":
    main()
