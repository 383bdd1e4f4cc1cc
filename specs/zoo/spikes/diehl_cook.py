"""Unsupervised learning by spike timing (Diehl and Cook, 2015) on exclusive or, with NumPy, from the paper's equations; writes the figures
beside this file. Options: cells, steps, seed, fastest (kHz), eta, lift (mV), again (ms)."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

# In ms and mV.
n, steps, seed, fastest, eta, lift, again = asked(
    cells=6, steps=1600, seed=1, fastest=0.9, eta=0.02, lift=0.05, again=100.0
)
h, whole = 0.5, 1.2
values, labels = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), [0, 1, 1, 0]
W, A = 0.3 * Stream('init W', seed).uniform(0, 2 * n).reshape(n, 2), np.full((2, n), 0.5)
random = Stream('x poisson', seed)
theta, v, ge, gi, last = np.zeros(n), np.full(n, -65.0), np.zeros(n), np.zeros(n), np.full(n, -1000)
v_i, ge_i, last_i = np.full(n, -60.0), np.zeros(n), np.full(n, -1000)
fires, fires_i, x = np.zeros(n), np.zeros(n), np.zeros(2)
decay = lambda tau: np.exp(-h / tau)


def poisson(step, means):
    """One number for each mean, from the same draws."""
    return np.array([random.poisson(step, mean, 2)[k] for k, mean in enumerate(means)])


figures, count = {'norm(W)': {}, 'norm(A)': {}, 'votes': {}, 'rate(e.s)': {}}, 0
for step in range(steps):
    moment, shown = step * h % 100, int(step * h // 100 % 4)
    begins = moment == 0
    if begins:
        v, ge, gi, votes = np.full(n, -65.0), np.zeros(n), np.zeros(n), np.zeros(2)
        few = 0
    more = 0.032 * (moment // again) if few < 5 else 0
    few += fires.sum()
    pre = poisson(step, (fastest + more) * h * values[shown])
    inhibits = 17 * (fires_i.sum() - fires_i)
    total = 1 + ge + gi
    rest = (-65 - 100 * gi) / total
    v = np.where(step - last >= 5 / h, rest + (v - rest) * np.exp(-h * total / 100), v)
    theta = theta * decay(1e7)
    fires = (step - last >= 5 / h) & (v > theta - 52)
    v[fires], last[fires] = -65, step
    theta = theta + lift * fires
    ge, gi = ge * decay(1) + W @ pre, gi * decay(2) + inhibits
    total = 1 + ge_i
    rest = -60 / total
    v_i = np.where(step - last_i >= 2 / h, rest + (v_i - rest) * np.exp(-h * total / 10), v_i)
    fires_i = (step - last_i >= 2 / h) & (v_i > -40)
    v_i[fires_i], last_i[fires_i] = -45, step
    ge_i = ge_i * decay(1) + 10.4 * fires
    votes = votes + A @ fires
    x = x * decay(20) + pre
    target = np.arange(2) == labels[shown]
    moved = whole * W / W.sum(1, keepdims=True) if begins else W
    W = np.clip(moved + fires[:, None] * eta * (x - 0.25) * (1 - W), 0, 1)
    A = A + 0.01 * fires * (target[:, None] - A)
    count += fires.sum() if step > 0 else 0
    if step > 0 and (step % 100 == 0 or step == steps - 1):
        since = 100 if step % 100 == 0 else step % 100
        figures['rate(e.s)'][step] = count / n / (since * h * 1e-3)
        figures['norm(W)'][step], figures['norm(A)'][step] = np.linalg.norm(W), np.linalg.norm(A)
        figures['votes'][step] = votes.sum()
        count = 0
figures |= {'W': W.tolist(), 'A': A.tolist(), 'e.theta': (theta * 1e-3).tolist()}
figures['norm(W)'] = figures['norm(W)'][steps - 1]
tell(__file__, figures)
