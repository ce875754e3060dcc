"""What was made out of evidence and has to go with it: reports as PDF."""

from accounts import stored_files
from proctoring.models import MonitoringSession, ReportFile

REPORTS = "reports"
"""The private store of the PDFs."""


def drop_reports(session: MonitoringSession) -> int:
    """Deletes every PDF about the session, in the caller's transaction: its data ends. How many rows."""
    rows = ReportFile.objects.filter(session=session)
    names = [name for name in rows.values_list("stored_name", flat=True) if name]
    stored_files.remove(session.institution, REPORTS, names)
    gone, _ = rows.delete()
    return gone
