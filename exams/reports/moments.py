"""Means, spreads and shapes of lists of numbers (pure). Callers check that there are enough of them."""

from collections.abc import Sequence
from math import fsum, sqrt

Numbers = Sequence[float]


def mean(values: Numbers) -> float:
    """The arithmetic mean of at least one number."""
    return fsum(values) / len(values)


def median(values: Numbers) -> float:
    """The middle one of at least one number, or the mean of the two in the middle."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def is_constant(values: Numbers) -> bool:
    """Whether all are equal (also true of none): then nothing can be said about how they vary.

    Asked of the numbers themselves, because a variance computed in floats may come out as 1e-33 instead of 0.
    """
    return not values or min(values) == max(values)


def covariance(first: Numbers, second: Numbers) -> float:
    """The sample covariance (divided by n - 1) of at least two pairs."""
    middle_first, middle_second = mean(first), mean(second)
    products = (
        (one - middle_first) * (other - middle_second) for one, other in zip(first, second, strict=True)
    )
    return fsum(products) / (len(first) - 1)


def variance(values: Numbers) -> float:
    """The sample variance (divided by n - 1) of at least two numbers."""
    middle = mean(values)
    return fsum((each - middle) ** 2 for each in values) / (len(values) - 1)


def deviation(values: Numbers) -> float:
    """The sample standard deviation of at least two numbers."""
    return sqrt(variance(values))


def correlation(first: Numbers, second: Numbers) -> float:
    """Pearson's correlation, -1 to 1, of at least two pairs of which neither side is constant."""
    found = covariance(first, second) / sqrt(variance(first) * variance(second))
    return min(1.0, max(-1.0, found))


def _central_moment(values: Numbers, power: int) -> float:
    middle = mean(values)
    return fsum((each - middle) ** power for each in values) / len(values)


def skewness(values: Numbers) -> float:
    """k3 / k2^(3/2), with Fisher's k statistics; 0 when symmetric, below 0 with a tail to the left.

    For at least three numbers that are not all equal. Source: Moodle, "Quiz statistics calculations",
    Skewness; the same as G1 in D. N. Joanes and C. A. Gill, "Comparing measures of sample skewness and
    kurtosis", The Statistician 47 (1998).
    """
    count = len(values)
    second = count * _central_moment(values, 2) / (count - 1)
    third = count**2 * _central_moment(values, 3) / ((count - 1) * (count - 2))
    return third / second**1.5


def kurtosis(values: Numbers) -> float:
    """k4 / k2^2, with Fisher's k statistics; 0 for a normal distribution, above 0 when more peaked.

    For at least four numbers that are not all equal. Sources as for `skewness` (there: G2).
    """
    count = len(values)
    spread = _central_moment(values, 2)
    second = count * spread / (count - 1)
    inner = (count + 1) * _central_moment(values, 4) - 3 * (count - 1) * spread**2
    fourth = count**2 * inner / ((count - 1) * (count - 2) * (count - 3))
    return fourth / second**2
