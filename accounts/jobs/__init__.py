"""Jobs: work that may wait, is tried again when it fails, and shows its progress and its failure.

A kind of job is a function, registered by `kinds.job_kind`; `services.enqueue` asks for one.
"""
