"""Training of innate trajectories (Laje and Buonomano, 2013) with NumPy, from the paper's equations; writes the figures beside this file.
Options: cells, g, noise, steps, seed."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

n, g, noise, steps, seed = asked(cells=60, g=1.8, noise=0.001, steps=1601, seed=1)
own = np.arange(n)
J = g / np.sqrt(n) * Stream('init J', seed).normal(0, n * n).reshape(n, n)
W, P = J.copy(), np.eye(n)
draws = Stream('unit normal', seed)
trained = own < 0.6 * n
start, pulse = np.sin(2 * own), 3 * np.cos(own)
twin, x, r, innate, apart = start, start, np.zeros(n), np.zeros(n), 0.0
figures = {'apart': {}}
for step in range(steps):
    time = step % 1000  # ms
    drive = pulse if time < 50 else 0
    pushed = np.sin(5 * own + 1) / 2 if time == 300 and not 1000 <= step < 6000 else 0
    soma, gain, twins = W @ r, P @ r, J @ innate
    twin = twin + 0.1 * (twins + drive - twin)
    x = x + 0.1 * (soma + drive + 10 * pushed - x) + noise * np.sqrt(1e-3) * draws.normal(step, n)
    if time == 0:
        twin, x = start, start
    r, innate = np.tanh(x), np.tanh(twin)
    wrong = trained * (innate - r)
    apart = apart + (np.mean(np.abs(wrong)) / 0.6 - apart) / 100
    if step % 5 == 0 and time >= 50 and 1000 <= step < 6000:
        k = gain / (1 + r @ gain)
        W, P = W + np.outer(wrong, k), P - np.outer(k, gain)
    if step % 50 == 0:
        figures['apart'][step] = apart
figures |= {'norm(W)': np.linalg.norm(W), 'unit.x': x.tolist()}
tell(__file__, figures)
