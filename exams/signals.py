"""The signals of exams: an attempt has moved, an exam was copied. Others listen; exams never names them."""

from django.dispatch import Signal

attempt_moved = Signal()
"""Sent inside the transaction, after the move: sender=Attempt, attempt, verb, before, actor, reason.

`verb` is a verb of `states.ATTEMPT`, or "deadline_changed" (same state, other deadline), "begun"
(same state: the sitting was begun, so it may start) or "take_over"
(same state, another device; `attempt.device` is the new one).
"""

exam_copied = Signal()
"""Sent inside the transaction, after an exam was copied: sender=Exam, exam, copy. What others keep beside an
exam they can copy too.
"""
