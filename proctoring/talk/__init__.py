"""Messages between a candidate and the proctors of the sitting, and raised hands."""
