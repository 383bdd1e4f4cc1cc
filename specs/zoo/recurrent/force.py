"""FORCE learning (Sussillo and Abbott, 2009) with NumPy; writes the figures beside this file. Options: cells, g, alpha, steps, seed."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

n, g, alpha, steps, seed = asked(cells=200, g=1.5, alpha=1.0, steps=2600, seed=1)
J = g / np.sqrt(n) * Stream('init J', seed).normal(0, n * n).reshape(n, n)
feedback = 2 * Stream('init F 2', seed).uniform(0, n) - 1
x = np.full(n, 0.5 * np.sin(1))
P, w = np.eye(n) / alpha, np.zeros(n)
r, z = np.zeros(n), 0.0
figures = {'wrong': {}, 'out.z': {}}
for step in range(steps):
    x = x + 0.1 * (J @ r + feedback * z - x)
    r = np.tanh(x)
    z = w @ r
    phase = 2 * np.pi * step / 1200
    target = 1.3 / 1.5 * (np.sin(phase) + np.sin(2 * phase) / 2 + np.sin(3 * phase) / 6 + np.sin(4 * phase) / 3)
    if step % 100 == 0:
        figures['out.z'][step] = z
        figures['wrong'][step] = abs(target - z)
    if step >= 200:
        k = P @ r
        c = 1 / (1 + r @ k)
        P = P - c * np.outer(k, k)
        w = w + (target - z) * c * k
figures['norm(R)'] = np.linalg.norm(w)
tell(__file__, figures)
