"""The small shared core: state tables, errors, the clock and hash chains. A test limits it to these."""
