"""What the review tells the rest of proctoring."""

from django.dispatch import Signal

case_moved = Signal()
"""Sent inside the transaction, after the move: sender=Case, case, verb, actor (None: the server).

`verb`: "opened", "read", "read_again", "read_third", "clear", "open_reply_window", "said_all", "decide",
"appeal", "decide_appeal", "take_back".
"""
