"""Hopfield's memory (1982) with NumPy; writes the figures beside this file. Options: cells, load, seed."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

n, load, seed = asked(cells=100, load=8, seed=1)
i, u = np.mgrid[:n, :load]
pattern = np.where(np.sin(78.233 * (i + 1) * (u + 1) + 12.9898 * u**2) > 0, 1, -1)
spoilt = pattern * np.where((i + u) % 5 == 0, -1, 1)
T = pattern @ pattern.T
np.fill_diagonal(T, 0)
draws = Stream('neuron bernoulli', seed)
overlap = {}
step = load
for k in range(load):
    V = (spoilt[:, k] + 1) // 2
    for moment in range(50):
        if moment > 0:
            tried = draws.uniform(step, n) < 0.1
            V = np.where(tried, T @ V > 0, V)
        if moment % 7 == 0 or moment == 49:
            overlap[step] = np.mean((2 * V - 1) * pattern[:, k])
        step += 1
figures = {'overlap': overlap, 'norm(T)': np.linalg.norm(T)}
tell(__file__, figures, indent=None)
