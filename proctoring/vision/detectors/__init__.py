"""Pure functions from faces and picture measurements to observations."""
