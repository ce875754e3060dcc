"""Which frames are kept: first hit, best, last, a little before, spread over the rest, never too many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctoring.evidence.windows import AvailableFrame, choose


def row(count: int, start: float = 0.0, step: float = 1.0, best: int = -1) -> list[AvailableFrame]:
    return [
        AvailableFrame(start + index * step, index, 0.9 if index == best else 0.5) for index in range(count)
    ]


def test_from_five_seconds_before_to_the_end() -> None:
    assert choose(row(60), 30.0, 40.0) == tuple(range(25, 41))


def test_long_incidents_are_spread_evenly_with_first_best_and_last() -> None:
    kept = choose(row(1000, best=333), 100.0, 900.0)
    assert len(kept) == 24
    assert {100, 333, 900} <= set(kept)
    gaps = [later - earlier for earlier, later in zip(kept, kept[1:], strict=False)]
    assert max(gaps) < 3 * 800 / 24
    assert min(kept) < 100


def test_fast_frames_are_spaced() -> None:
    kept = choose(row(300, step=0.1), 10.0, 14.0)
    times = [number * 0.1 for number in kept]
    assert all(later - earlier >= 0.1 for earlier, later in zip(times, times[1:], strict=False))
    assert 8 <= len(kept) <= 24


def test_a_growing_incident_keeps_what_it_has_and_leaves_room_for_its_end() -> None:
    kept: tuple[int, ...] = ()
    for now in range(32, 90):
        recent = row(60, start=now - 59.0)
        frames = [AvailableFrame(item.captured_at, int(item.captured_at), 0.5) for item in recent]
        kept = tuple(sorted({*kept, *choose(frames, 30.0, float(now), ended=False, kept=kept)}))
    assert len(kept) == 22
    frames = [
        AvailableFrame(float(second), second, 0.99 if second == 95 else 0.5) for second in range(60, 101)
    ]
    final = sorted({*kept, *choose(frames, 30.0, 100.0, kept=kept)})
    assert len(final) == 24
    assert {95, 100} <= set(final)


def test_nothing_available_keeps_nothing() -> None:
    assert choose([], 10.0, 20.0) == ()
    assert choose(row(5), 100.0, 110.0) == ()


def test_frames_only_from_before_still_give_the_last_one() -> None:
    assert 9 in choose(row(10), 9.5, 12.0)


def test_senseless_windows_are_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        choose([], 10.0, 9.0)
    with pytest.raises(ValueError, match="at least four"):
        choose([], 0.0, 1.0, most=3)


@given(
    st.lists(st.tuples(st.floats(0, 300), st.integers(0, 200), st.floats(0, 1)), max_size=120),
    st.floats(0, 300),
    st.floats(0, 100),
    st.integers(4, 30),
)
def test_promises_for_any_frames(items: list, start: float, length: float, most: int) -> None:
    frames = list({number: AvailableFrame(at, number, strength) for at, number, strength in items}.values())
    kept = choose(frames, start, start + length, most=most)
    assert len(kept) <= most and len(set(kept)) == len(kept)
    inside = sorted(
        (item for item in frames if start - 5 <= item.captured_at <= start + length),
        key=lambda item: (item.captured_at, item.sequence),
    )
    assert set(kept) <= {item.sequence for item in inside}
    if inside:
        assert inside[-1].sequence in kept
    hits = [item for item in inside if item.captured_at >= start]
    if hits:
        assert hits[0].sequence in kept
        assert any(item.sequence in kept and item.strength == max(h.strength for h in hits) for item in hits)
