"""Rules of plasticity between given spike trains, written out in NumPy, synapse by synapse, in double precision.

    python3 numpy_rules.py

writes the pairs of a sparse pattern, `../sparse/fixtures/rules.P.npz`, and `rules.npz`: a delay of each synapse, the spikes of
both sides and a reward in every step (in hundredths), weights at the start, and every 500 steps the weights by each rule. `*_delayed`: presynaptic spikes
count when they arrive. The circuits are in `../sparse/rules.ccn`.

Order within a step, as the language has it: traces decay (exactly), then what arrives acts, reading traces of before this step's
postsynaptic spikes, then postsynaptic spikes act, reading what arrived. Weights are read as they were before the step.
"""

import os

import numpy

STEP, STEPS, EVERY = 1e-4, 5000, 500
PRE, POST = 30, 20
PLUS, MINUS, SLOW_PLUS, SLOW_MINUS = 16.8e-3, 33.7e-3, 101e-3, 125e-3


def decay(tau):
    return numpy.exp(-STEP / tau)


class Rule:
    """Traces of each synapse; `arrived`, `fired`: which synapses hear of a presynaptic spike, of a postsynaptic one."""

    def __init__(self, count):
        self.before, self.after = numpy.zeros(count), numpy.zeros(count)
        self.slow_before, self.slow_after = numpy.zeros(count), numpy.zeros(count)
        self.eligible = numpy.zeros(count)

    def fade(self):
        self.before *= decay(PLUS)
        self.after *= decay(MINUS)
        self.slow_before *= decay(SLOW_PLUS)
        self.slow_after *= decay(SLOW_MINUS)
        self.eligible *= decay(0.2)


class Pair(Rule):
    """All pairs of spikes, additive."""

    def step(self, w, arrived, fired, reward):
        self.fade()
        change = -0.012 * arrived * self.after
        self.before += arrived
        change += 0.01 * fired * self.before
        self.after += fired
        return w + change


class Nearest(Rule):
    """Each spike with the nearest one before it on the other side."""

    def step(self, w, arrived, fired, reward):
        self.fade()
        change = -0.012 * arrived * self.after
        self.before[arrived > 0] = 1
        change += 0.01 * fired * self.before
        self.after[fired > 0] = 1
        return w + change


class Triplet(Rule):
    """Pfister and Gerstner (2006), all to all."""

    def step(self, w, arrived, fired, reward):
        self.fade()
        change = -arrived * self.after * (0.007 + 0.0023 * self.slow_before)
        self.before += arrived
        self.slow_before += arrived
        change += fired * self.before * (0.005 + 0.0062 * self.slow_after)
        self.after += fired
        self.slow_after += fired
        return w + change


class Soft(Rule):
    """All pairs; changes are smaller near the bounds, by the weight before the step."""

    def step(self, w, arrived, fired, reward):
        self.fade()
        change = -0.06 * w * arrived * self.after
        self.before += arrived
        change += 0.05 * (1 - w) * fired * self.before
        self.after += fired
        return numpy.clip(w + change, 0, 1)


class Hard(Rule):
    """All pairs, clipped into narrow bounds after each step's changes."""

    def step(self, w, arrived, fired, reward):
        self.fade()
        change = -0.06 * arrived * self.after
        self.before += arrived
        change += 0.05 * fired * self.before
        self.after += fired
        return numpy.clip(w + change, 0.2, 0.7)


class Eligible(Rule):
    """Pairs leave a trace in the synapse, which a reward of the postsynaptic cell turns into change, at a rate of 0.005."""

    def step(self, w, arrived, fired, reward):
        self.fade()
        self.eligible -= 0.06 * arrived * self.after
        self.before += arrived
        self.eligible += 0.05 * fired * self.before
        self.after += fired
        return w + 0.005 * reward * self.eligible


def main():
    random = numpy.random.RandomState(7)
    pairs = numpy.argwhere(random.rand(PRE, POST) < 0.3)
    delays = random.randint(1, 61, len(pairs))
    before = (random.rand(STEPS, PRE) < 0.004).astype(float)
    after = (random.rand(STEPS, POST) < 0.004).astype(float)
    reward = random.randint(-10, 21, (STEPS, POST)) / 100
    start = random.rand(len(pairs))
    found = {}
    for name, rule in (
        ("pair", Pair), ("nearest", Nearest), ("triplet", Triplet), ("soft", Soft), ("hard", Hard), ("eligible", Eligible)
    ):
        for suffix, lag in (("", numpy.zeros(len(pairs), int)), ("_delayed", delays)):
            if suffix and name in ("hard", "soft"):
                continue
            state = rule(len(pairs))
            w, weights = start.copy(), []
            for n in range(STEPS):
                arrived = numpy.where(n >= lag, before[n - lag, pairs[:, 0]], 0)
                w = state.step(w, arrived, after[n, pairs[:, 1]], reward[n, pairs[:, 1]])
                if (n + 1) % EVERY == 0:
                    weights.append(w)
            found[name + suffix] = numpy.array(weights)
            print(name + suffix, "mean weight", w.mean(), "went", numpy.abs(w - start).mean())
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sparse", "fixtures")
    fired = {"before": before.astype(numpy.uint8), "after": after.astype(numpy.uint8)}
    pre, post = pairs.astype(numpy.uint8).T
    numpy.savez_compressed(os.path.join(folder, "rules.P.npz"), pre=pre, post=post)
    given = {"delay": delays * STEP, "reward": numpy.rint(reward * 100).astype(numpy.int8), "start": start}
    numpy.savez_compressed(os.path.join(folder, "rules.npz"), **given, **fired, **found)


if __name__ == "__main__":
    main()
