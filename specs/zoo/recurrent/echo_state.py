"""An echo state network (Jaeger, 2001) with NumPy, its readout by ridge regression in one go; writes the figures beside this file. Options:
cells, seed, radius, ridge."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

n, seed, radius, ridge = asked(cells=100, seed=1, radius=0.9, ridge=1e-3)
steps = 1600
W = radius / np.sqrt(n) * Stream('init W 2', seed).normal(0, n * n).reshape(n, n)
I = 2 * Stream('init I', seed).uniform(0, n) - 1
series = [1.2]
for t in range(steps):
    # Before the first step nothing was sent.
    late = series[t - 16] if t >= 17 else 0
    series.append(series[-1] + 0.2 * late / (1 + late**10) - 0.1 * series[-1])
series = np.array(series[1:])
rates = np.zeros((steps, n))
for t in range(1, steps):
    rates[t] = np.tanh(W @ rates[t - 1] + I * series[t - 1])
seen, wanted = rates[200:1200], series[200:1200]
R = np.linalg.solve(seen.T @ seen + ridge * np.eye(n), seen.T @ wanted)
missed = (series - rates @ R) ** 2 / 0.05
figures = {'value': {t: series[t] for t in range(0, steps, 50)}, 'R': R.tolist(), 'norm(R)': np.linalg.norm(R)}
figures['miss'] = {t: missed[t] for t in range(1210, steps, 10)}
tell(__file__, figures)
