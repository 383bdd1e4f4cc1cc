"""The BCM rule (Bienenstock, Cooper and Munro, 1982; Intrator and Cooper, 1992) with NumPy; writes the figures beside this file. Options: inputs, cells, steps, seed, rate."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

n, cells, steps, seed, rate = asked(inputs=10, cells=5, steps=30_000, seed=1, rate=0.005)

tau = 100  # in patterns
i, k = np.mgrid[:n, :n]
P = np.exp(3 * np.cos(2 * np.pi * (k - i) / n) - 3)  # column k is pattern k
cell, pixel = np.mgrid[:cells, :n]
W = 0.3 + 0.1 * np.sin(1 + 2 * pixel + 4 * cell)
theta = np.zeros(cells)
draws = Stream('chance uniform', seed)
for step in range(steps):
    x = P[:, int(n * draws.uniform(step, 1)[0])]
    y = np.maximum(W @ x, 0)
    response = np.maximum(W @ P, 0)
    # A cell compares its activity with the threshold that the activity has moved.
    theta += (y**2 - theta) / tau
    W += rate * np.outer(y * (y - theta), x)
best = response.max(1)
selectivity = 1 - response.mean(1) / best
figures = {'selectivity': selectivity.mean(), 'best': best.mean()}
figures |= {f'W[{i}]': w.tolist() for i, w in enumerate(W)}
figures |= {f'y[{i}].theta': [t] for i, t in enumerate(theta)}
tell(__file__, figures)
