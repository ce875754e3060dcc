"""Files of questions in the formats of other systems: read and written without a database (pure)."""
