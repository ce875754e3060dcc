"""Sockets: the candidate's page sends frames and hears orders, the proctor's page hears everything live."""
