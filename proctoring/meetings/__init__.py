"""Live video between a candidate and the proctors who watch: meetings, watches, providers."""
