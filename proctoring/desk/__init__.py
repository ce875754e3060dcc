"""The review desk: everything of one attempt on one timeline, with words for whoever does not see or hear."""
