"""One test for very many files: it looks at all of them and names each that is wrong."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest

T = TypeVar("T")


def for_each(things: Iterable[T], *, name: Callable[[T], str] = str) -> Callable[..., Callable[[], None]]:
    """Makes one test out of a test of one thing.

    As tests of their own, thousands of files that take a millisecond each cost five of pytest's: decision
    0191.
    """
    kept = list(things)

    def of(test: Callable[[T], None]) -> Callable[[], None]:
        def test_of_all() -> None:
            wrong = []
            for each in kept:
                try:
                    test(each)
                except (AssertionError, pytest.fail.Exception) as error:
                    wrong.append(f"{name(each)}: {error}")
                except Exception as error:
                    error.add_note(f"at {name(each)}")
                    raise
            assert kept, "there is nothing to look at"
            assert not wrong, "\n".join([f"{len(wrong)} of {len(kept)}:", *wrong])

        test_of_all.__doc__ = test.__doc__
        return test_of_all

    return of
