"""Reward-modulated Hebbian learning of delayed nonmatch to sample (Miconi, 2017) with NumPy, from the paper's equations; writes the figures
beside this file. Options: cells, steps, seed, g, push, eta, most."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

n, steps, seed, g, push, eta, most = asked(
    cells=20, steps=4000, seed=3, g=1.5, push=0.5, eta=0.5, most=0.01
)
kinds = [(0, 0), (0, 1), (1, 0), (1, 1)]
i, j = np.mgrid[:n, :n]
own = np.arange(n)
A, B, K = np.sin(1 + 3.1 * own), np.sin(2 + 2.3 * own), 0.3 * np.sin(3 + 1.9 * own)
J = 2 * g / np.sqrt(n) * np.sin(4 + 1.3 * i + 2.9 * j + i * j)
begins, which, how = [Stream(f'n {name}', seed) for name in ('uniform', 'bernoulli', 'uniform 2')]
r, before, x = np.zeros(n), np.zeros(n), np.zeros(n)
usual = np.ones(4)
recent, right = 1.0, 0.5
figures = {'recent': {}, 'norm(J)': {}}
for step in range(steps):
    ms, trial = step % 500, step // 500 % 4
    first, second = kinds[trial]
    if ms == 0:
        x = 0.1 * (2 * begins.uniform(step, n) - 1)
        mean, e, wrong = np.zeros(n), np.zeros((n, n)), 0.0
    shown = first if ms < 100 else second
    open_ = ms < 100 or 200 <= ms < 300
    drive = J @ r + K + open_ * ((1 - shown) * A + shown * B)
    x = x + (drive - x) / 30
    pushed = which.uniform(step, n) < 3e-3
    x = x + push * (2 * how.uniform(step, n) - 1) * pushed
    e = e + np.outer((x - mean) ** 3, r**3)
    mean = 0.05 * mean + 0.95 * x
    r = np.tanh(x)
    if ms >= 400:
        wrong += abs((1 if first != second else -1) - r[0]) / 100
    if ms == 499:
        J = J + np.clip(eta * usual[trial] * (usual[trial] - wrong) * e, -most, most)
        usual[trial] = 0.75 * usual[trial] + 0.25 * wrong
        recent = 0.98 * recent + 0.02 * wrong
        right = 0.98 * right + 0.02 * (wrong < 1)
    if step % 500 == 0 or step == steps - 1:
        figures['recent'][step], figures['norm(J)'][step] = recent, np.linalg.norm(J)
figures |= {'J': J.tolist(), 'judge.right': [right], 'n.x': x.tolist()}
figures['norm(J)'] = np.linalg.norm(J)
tell(__file__, figures)
