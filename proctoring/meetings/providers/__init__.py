"""Who carries live video."""
