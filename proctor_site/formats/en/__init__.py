"""English as it is written here; Django's own is that of the United States."""
