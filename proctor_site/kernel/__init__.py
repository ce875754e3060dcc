"""The small shared core: state tables, errors, the clock, hash chains, figures. A test limits it to these."""
