"""Check-in: the notice, the candidate's consent, the reference photo, and letting the candidate in."""
