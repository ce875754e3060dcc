"""How sure a share of a few, or the difference of two, is: counts, intervals, and both in words (pure)."""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054
"""The two-sided 95 % point of the normal distribution."""
LEAST_TOLD = 5
"""With fewer verdicts no share is told: three of three is not 100 %."""


def wilson(right: int, judged: int, z: float = Z_95) -> tuple[float, float]:
    """The score interval of a binomial share, both ends within 0..1; (0, 1) of nothing.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22 (1927) 209-212; method 3 in R. G. Newcombe, Statistics in Medicine 17
    (1998) 857-872. ValueError when `right` is not from 0 to `judged`.
    """
    if not 0 <= right <= judged:
        raise ValueError(f"{right} of {judged} is no share")
    if judged == 0:
        return 0.0, 1.0
    share, square = right / judged, z * z
    middle = (share + square / (2 * judged)) / (1 + square / judged)
    half = z * sqrt(share * (1 - share) / judged + square / (4 * judged * judged)) / (1 + square / judged)
    # At the ends the formula gives 0 and 1 but for rounding.
    low = 0.0 if right == 0 else max(0.0, middle - half)
    return low, 1.0 if right == judged else min(1.0, middle + half)


def difference(right: int, of: int, other_right: int, other_of: int) -> tuple[float, float]:
    """The 95 % interval of how much greater the first share is than the second, both of independent people.

    R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in
    Medicine 17 (1998) 873-890, method 10: joined from the score intervals. (-1, 1) when one side is empty.
    """
    if not of or not other_of:
        return -1.0, 1.0
    share, other = right / of, other_right / other_of
    (low, high), (other_low, other_high) = wilson(right, of), wilson(other_right, other_of)
    apart = share - other
    return (
        apart - sqrt((share - low) ** 2 + (other_high - other) ** 2),
        apart + sqrt((high - share) ** 2 + (other - other_low) ** 2),
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """Standing verdicts: each incident once. What is inconclusive says nothing about right or wrong."""

    upheld: int = 0
    dismissed: int = 0
    inconclusive: int = 0

    @property
    def judged(self) -> int:
        """Verdicts that say right or wrong."""
        return self.upheld + self.dismissed

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share that is right."""
        return wilson(self.upheld, self.judged)

    @property
    def low_percent(self) -> int:
        """Lower end in whole per cent."""
        return round(100 * self.interval[0])

    @property
    def high_percent(self) -> int:
        """Upper end in whole per cent."""
        return round(100 * self.interval[1])

    @property
    def share_percent(self) -> int:
        """Of the judged ones; 0 of none."""
        return round(100 * self.upheld / self.judged) if self.judged else 0

    @property
    def is_told(self) -> bool:
        """Whether there are enough verdicts for a share."""
        return self.judged >= LEAST_TOLD

    @property
    def words(self) -> str:
        """As stands beside a flag: "right in 14 of 20 (48–85 %)"."""
        if not self.judged:
            return "no verdicts yet"
        if not self.is_told:
            return f"too few verdicts yet ({self.judged})"
        return f"right in {self.upheld} of {self.judged} ({self.low_percent}–{self.high_percent} %)"

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.upheld + other.upheld,
            self.dismissed + other.dismissed,
            self.inconclusive + other.inconclusive,
        )

    def without(self, upheld: int, dismissed: int) -> "Figures":
        """The verdicts beyond those that were set aside; never below none."""
        return Figures(max(0, self.upheld - upheld), max(0, self.dismissed - dismissed), self.inconclusive)


def lies_below(figures: Figures, floor: float, least: int) -> bool:
    """Whether even the upper end of the interval is below `floor` (0..1), from `least` verdicts on."""
    return figures.judged >= least and figures.interval[1] < floor
