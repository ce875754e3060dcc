"""The signals of exams: attempts, copies, releases, announcements. Exams never names who listens."""

from django.dispatch import Signal

attempt_moved = Signal()
"""Sent inside the transaction, after the move: sender=Attempt, attempt, verb, before, actor, reason, and of
verbs what the audit log has besides: detail.

`verb` is a verb of `states.ATTEMPT`, or "deadline_changed" (same state, other deadline), "begun"
(same state: the sitting was begun, so it may start) or "take_over"
(same state, another device; `attempt.device` is the new one).
"""

attempt_thrown_away = Signal()
"""Sent inside the transaction that deletes what a practice attempt holds: sender=Attempt, attempt, actor.

Who keeps rows or files beside an attempt deletes them now, and answers with how many of what:
`{"incidents": 2}`. Consent and audit entries stay.
"""

deletion_wanted = Signal()
"""Sent inside the transaction, before rows about people are deleted that no attempt holds: sender=the model,
institution, sitting (or None), people (their numbers). Who has to keep them raises Conflict.
"""

practice_due = Signal()
"""Sent by the sweep: sender=Attempt, rows: the practice attempts whose days are over. Who has to keep some of
them answers with the rows without those.
"""

exam_copied = Signal()
"""Sent inside the transaction, after an exam was copied: sender=Exam, exam, copy. What others keep beside an
exam they can copy too.
"""

group_terms_changed = Signal()
"""Sent inside the transaction, after an enrolment got other adjustments by its candidate's groups:
sender=Enrolment, enrolment, actor. Who listens may raise a Refusal, which undoes it.
"""

left_safe_browser = Signal()
"""Sent inside the transaction, when a running attempt was worked on from outside Safe Exam Browser for the
first time in this way: sender=Attempt, attempt, sighting.
"""

results_released = Signal()
"""Sent inside the transaction, after results were released: sender=Sitting, sitting, actor."""

announcement_changed = Signal()
"""Sent inside the transaction: sender=Announcement, announcement, verb, attempt.

`verb`: "made", "corrected" (`announcement` is the new one and names what it `replaces`), "withdrawn", or
"acknowledged" by the candidate of `attempt`; for the others `attempt` is None.
"""

ready_texts_wanted = Signal()
"""Sent when somebody is about to announce: sender=Sitting, sitting.

Who keeps ready texts of its institution answers with them, in the language of its exam, in their order.
"""
