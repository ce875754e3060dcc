"""What the processes of this server do: everything, or one part of it."""

from proctor_site.settings import env

ROLE = env.choice("PROCTOR_ROLE", "all", ("all", "web", "capture", "worker"))
"""`serve --role` sets it. web: pages, API, sockets of staff; capture: captures and candidates' sockets,
with the analysis; worker: jobs and what clocks do; it answers how it is, and nothing else."""
STOP_DELAY_S = env.integer("PROCTOR_STOP_DELAY", 0)
"""Seconds between SIGTERM and the end, in which the server is unready and still answers."""
