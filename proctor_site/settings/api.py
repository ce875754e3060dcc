"""Limits of the public API."""

from proctor_site.settings import env

API_READS_PER_MINUTE = env.integer("PROCTOR_API_READS_PER_MINUTE", 600, least=1)
"""Reading calls of one token in a minute."""
API_WRITES_PER_MINUTE = env.integer("PROCTOR_API_WRITES_PER_MINUTE", 120, least=1)
"""Writing calls of one token in a minute."""
API_CAPTURES_PER_MINUTE = env.integer("PROCTOR_API_CAPTURES_PER_MINUTE", 6000, least=1)
"""Pictures, recordings and lists of browser events by one token: a picture a second of a hundred sessions."""
