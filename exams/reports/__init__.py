"""Reports: statistics of questions and sittings, exports, transcripts. Reads only, but for the audit log."""
