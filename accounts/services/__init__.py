"""The only writers of institutions, members and invitations."""
