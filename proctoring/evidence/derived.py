"""What was made out of evidence and incidents and has to go with them: reports as PDF, exported lists."""

from accounts import stored_files
from accounts.models import Institution
from proctoring.models import IncidentExport, MonitoringSession, ReportFile

REPORTS = "reports"
"""The private store of the PDFs."""


def drop_reports(session: MonitoringSession) -> int:
    """Deletes every PDF about the session, in the caller's transaction: its data ends. How many rows."""
    rows = ReportFile.objects.filter(session=session)
    names = [name for name in rows.values_list("stored_name", flat=True) if name]
    stored_files.remove(session.institution, REPORTS, names)
    gone, _ = rows.delete()
    return gone


def drop_exported_lists(institution: Institution) -> int:
    """Deletes every exported list of incidents of the institution, in the caller's transaction: some person's
    data ends, and lists are made again in a minute. How many files."""
    rows = IncidentExport.objects.filter(institution=institution).exclude(stored_name="")
    names = list(rows.values_list("stored_name", flat=True))
    stored_files.remove(institution, "exports", names)
    rows.update(stored_name="", query="")
    return len(names)
