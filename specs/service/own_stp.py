"""What three types of short-term plasticity of one's own transmit of spike trains: many trains at a time, exact
between spikes, with common random numbers for the differences. Writes own_stp.json; run with Python 3 and NumPy.

    python3 specs/service/own_stp.py
"""
import json
import os

import numpy as np

DEAD, INTERVAL = 0.02, 0.01


class Late:
    """u follows a variable that spikes raise."""

    start = (0.0, 0.3)

    def wait(self, state, t):
        p, u = state
        U, tau, d = 0.3, 0.06, 0.01
        k = 0.5 * p / tau / (1 / tau - 1 / d)
        return p * np.exp(-t / d), U + (u - U - k) * np.exp(-t / tau) + k * np.exp(-t / d)

    def spike(self, state):
        p, u = state
        return u, (p + 1, u)


class Three:
    """Depression, facilitation, and an after-effect of what was sent."""

    start = (1.0, 0.2, 0.0)

    def wait(self, state, t):
        x, u, a = state
        return (
            1 + (x - 1) * np.exp(-t / 0.08),
            0.2 + (u - 0.2) * np.exp(-t / 0.2),
            a * np.exp(-t / 0.015),
        )

    def spike(self, state):
        x, u, a = state
        # All from what was before the spike.
        return x * u * (1 + a), (x - u * x, u + 0.15 * (1 - u), a + u * x)


class Saturating:
    """A count that saturates, read by a steep function."""

    start = (0.0,)

    def wait(self, state, t):
        return (state[0] * np.exp(-t / 0.025),)

    def spike(self, state):
        (c,) = state
        return 0.1 + c**2 / (c**2 + 0.25), (np.minimum(c + 0.4, 1),)


def transmitted(kind, rate, p, seed, trains=40_000):
    """Of the first and the second spike of an event on average, and in all for each second."""
    rng = np.random.default_rng(seed)
    state = tuple(np.full(trains, x) for x in kind.start)
    warm, events = (110, 170) if rate > 20 else (50, 90)
    first = second = 0.0
    for k in range(events):
        gap = DEAD - (1 / rate - DEAD) * np.log1p(-rng.random(trains))
        is_burst = rng.random(trains) < p
        a, after = kind.spike(state)
        b, again = kind.spike(kind.wait(after, INTERVAL))
        late = kind.wait(after, INTERVAL)
        state = tuple(np.where(is_burst, y, x) for x, y in zip(late, again))
        state = kind.wait(state, gap - INTERVAL)
        if k >= warm:
            first += a.mean() / (events - warm)
            second += b[is_burst].mean() / (events - warm)
    return first, second, rate * (first + p * second)


def main():
    p, h, found = 0.4, 0.05, []
    for kind in (Late(), Three(), Saturating()):
        for rate in (2, 10, 30):
            a, b, t = transmitted(kind, rate, p, 1)
            up, down = (transmitted(kind, rate * (1 + s), p, 1)[2] for s in (h, -h))
            more, less = (transmitted(kind, rate, p + s, 1)[2] for s in (h, -h))
            found.append(
                {
                    "type": type(kind).__name__,
                    "rate": rate,
                    "first": round(a, 5),
                    "second": round(b, 5),
                    "transmitted": round(t, 4),
                    "toEvents": round((up - down) / (2 * h * rate), 4),
                    "toBursts": round((more - less) / (2 * h), 3),
                }
            )
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "own_stp.json")
    with open(path, "w") as file:
        json.dump(found, file, indent=2)
        file.write("\n")


main()
