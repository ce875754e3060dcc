"""The e-mail that tells one of the staff of a sign-in on a device that was not seen before."""

from typing import Any

from accounts import mail, sign_ins
from accounts.jobs.kinds import Progress, job_kind
from accounts.models import Job, SignIn


@job_kind(sign_ins.TELL)
def tell_person(job: Job, progress: Progress) -> dict[str, Any]:
    """The work of a job. Raises OSError for another try when the mail server refuses."""
    row = SignIn.objects.select_related("person").filter(pk=job.arguments["sign_in"]).first()
    if row is None or not row.person.is_active:
        return {"sent": 0}
    if not mail.send("new_device", row.person.email, {"sign_in": row}):
        raise OSError("the mail server refused it")
    return {"sent": 1}
