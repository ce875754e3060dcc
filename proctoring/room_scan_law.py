"""Whether the law lets an institution ask to see a candidate's room."""

from accounts.models import Institution
from accounts.models.institution import InstitutionKind


def why_not_room_scan(institution: Institution) -> str:
    """Why rooms and desks may not be asked for in this institution, in a sentence; "" where they may.

    Of institutions of education in the United States we do not know whether they are public; of those a
    federal court found such a scan an unreasonable search (Ogletree v. Cleveland State University, 2022).
    """
    if institution.kind == InstitutionKind.EDUCATION and institution.country == "US":
        return (
            "This is an institution of education in the United States, where a federal court found scans of "
            "students' rooms by a public university unreasonable (Ogletree v. Cleveland State University, "
            "2022)."
        )
    return ""
