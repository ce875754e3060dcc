"""The kinds of jobs of identity; importing this registers them."""

from proctoring.identity import photo_uploads

__all__ = ["photo_uploads"]
