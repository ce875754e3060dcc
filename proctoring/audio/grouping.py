"""Puts pieces of speech that are alike together: average linkage, then a second look at each group.

Linkage by mean pairwise similarity rather than by centroids: the likeness of centroids grows with the size
of the groups and merges voices of the same sex. Pure arithmetic; pieces are unit vectors.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from proctoring.audio import thresholds

Vectors = NDArray[np.float32]
_NEVER = -9.0


def group_pieces(vectors: Vectors, weights: Sequence[float]) -> list[list[int]]:
    """Indices of the pieces by voice. ``weights``: seconds of each piece."""
    if not len(vectors):
        return []
    waiting, groups = _link(vectors, weights, least=thresholds.MERGE), []
    while waiting:
        group = waiting.pop()
        halves = _halves(vectors, weights, group)
        if halves:
            waiting += halves
        else:
            groups.append(sorted(group))
    return groups


def _link(
    vectors: Vectors, weights: Sequence[float], *, least: float = _NEVER, count: int = 1
) -> list[list[int]]:
    """Merges the two most alike groups until ``count`` are left or none are at least ``least`` alike."""
    groups, sizes = [[i] for i in range(len(vectors))], list(weights)
    likeness = (vectors @ vectors.T).astype(np.float64)
    np.fill_diagonal(likeness, _NEVER)
    while len(groups) > count:
        first, second = sorted(divmod(int(likeness.argmax()), len(groups)))
        if likeness[first, second] < least:
            break
        both = sizes[first] + sizes[second]
        merged = (likeness[first] * sizes[first] + likeness[second] * sizes[second]) / both
        likeness[first], likeness[:, first] = merged, merged
        likeness[first, first] = _NEVER
        likeness = np.delete(np.delete(likeness, second, axis=0), second, axis=1)
        sizes[first] = both
        groups[first] += groups.pop(second)
        del sizes[second]
    return groups


def _halves(vectors: Vectors, weights: Sequence[float], group: Sequence[int]) -> list[list[int]]:
    """Both halves of a group that holds two voices; empty when it is one."""
    if len(group) < 2 * thresholds.SPLIT_LEAST:
        return []
    own = vectors[list(group)]
    first, second = _link(own, [weights[i] for i in group], count=2)
    if min(len(first), len(second)) < thresholds.SPLIT_LEAST:
        return []
    across = float((own[first] @ own[second].T).mean())
    inside = min(_cohesion(own[first]), _cohesion(own[second]))
    if across >= thresholds.SPLIT_RATIO * inside or across >= thresholds.SPLIT_BELOW:
        return []
    return [[group[i] for i in half] for half in (first, second)]


def _cohesion(vectors: Vectors) -> float:
    """Mean likeness of different pieces of one group."""
    likeness = vectors @ vectors.T
    pairs = len(vectors) * (len(vectors) - 1)
    return float((likeness.sum() - np.trace(likeness)) / pairs)
