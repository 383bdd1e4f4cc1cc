"""
Mean, standard error and 95 % interval of values, the same to the bit as `ccn sweep` prints: sums run from the
first value to the last, and the bootstrap draws by xorshift32 (Marsaglia 2003) from a fixed state.
"""

import math
from functools import lru_cache
from typing import NamedTuple, Optional, Tuple

from .optional import numpy

#: How often the values are drawn anew for an interval.
RESAMPLES = 2000


class Estimate(NamedTuple):
    """One figure over the seeds of a group."""

    #: Of points that have the figure.
    count: int
    mean: Optional[float] = None
    #: Of the mean; None below two values.
    standard_error: Optional[float] = None
    #: 95 %, percentiles of the bootstrapped mean; None below two values.
    interval: Optional[Tuple[float, float]] = None


def estimate(values):
    """The estimate of values, of which some may be None."""
    known = [float(each) for each in values if each is not None]
    count = len(known)
    if count == 0:
        return Estimate(0)
    mean = total(known) / count
    if count == 1:
        return Estimate(1, mean)
    squares = total([(each - mean) ** 2 for each in known])
    return Estimate(count, mean, math.sqrt(squares / (count - 1) / count), _bootstrap(known))


def total(values):
    """The sum from first to last; Python's own `sum` rounds otherwise from 3.12 on."""
    result = 0.0
    for each in values:
        result += each
    return result


@lru_cache(maxsize=8)
def _draws(count):
    """Which of `count` values each draw takes: RESAMPLES x count numbers, row after row."""
    state = 0x9E3779B9
    drawn = []
    for _ in range(RESAMPLES * count):
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        drawn.append(int(state / 2**32 * count))
    np = numpy()
    return drawn if np is None else np.array(drawn).reshape(RESAMPLES, count)


def _bootstrap(values):
    count = len(values)
    np = numpy()
    if np is not None:
        sums = np.zeros(RESAMPLES)
        known = np.array(values)
        for column in _draws(count).T:
            sums += known[column]
        means = np.sort(sums / count).tolist()
    else:
        drawn = _draws(count)
        means = sorted(
            total([values[i] for i in drawn[start : start + count]]) / count
            for start in range(0, RESAMPLES * count, count)
        )
    return means[math.floor(0.025 * RESAMPLES)], means[math.ceil(0.975 * RESAMPLES) - 1]
