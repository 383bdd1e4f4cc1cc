"""Reward-modulated STDP (Izhikevich, 2007) with NumPy, from the paper's equations; writes the figures beside this file. Options: seed,
steps."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

seed, steps = asked(seed=1, steps=100_000)  # of 1 ms
n, a_plus, a_minus = 20, 1.0, 1.2
source, target = Stream('source bernoulli', seed), Stream('target bernoulli', seed)
w, c, before, after = np.ones(n), np.zeros(n), np.zeros(n), np.zeros(n)
last, dopamine, due = -1000, 0.0, []
for step in range(steps):
    pre, post = source.uniform(step, n) < 0.005, target.uniform(step, n) < 0.005
    before, after, c = before * np.exp(-1 / 20), after * np.exp(-1 / 20), c * np.exp(-1 / 1000)
    dopamine *= np.exp(-1 / 200)
    # Post with what came up to 10 ms before it, and not in its own step.
    if post[0] and step - last <= 10:
        due.append(step + 1000)
    if pre[0]:
        last = step
    if due and due[0] == step:
        due.pop(0)
        dopamine += 0.5
    c -= a_minus * after * pre
    before += pre
    c += a_plus * before * post
    after += post
    w += 1e-3 * dopamine * c
    if step == steps - 2:
        told = w.copy()
figures = {'rewarded': told[0], 'others': told[1:].mean(), 'norm(W)': np.linalg.norm(w), 'W': w.tolist()}
tell(__file__, figures)
