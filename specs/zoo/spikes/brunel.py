"""The sparse network of Brunel (2000) in 0.2 s with NumPy, from the paper's equations; writes the figures beside this file. Options: cells,
J (mV), g, eta, seed, steps."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

# In ms and mV.
n, J, g, eta, seed, steps = asked(cells=150, J=2.0, g=5.0, eta=2.0, seed=1, steps=1501)
h, excites, late = 0.1, 4 * n // 5, 15


def joined(first, pre, k):
    j, i = np.mgrid[:n, first : first + pre].astype(float)
    return np.sin(k + 1.7 * i**2 + 2.3 * j**2 + i * j) > 0.809


W = np.hstack([J * joined(0, excites, 1), -g * J * joined(excites, n - excites, 2)])
outside = Stream('c poisson', seed)
v = 10 * Stream('init c uniform', seed).uniform(0, n)
last, sent = np.full(n, -1000), np.zeros((steps + late, n))
rates = []
rate = 0.0
for step in range(steps):
    free = step - last >= 20
    v = np.where(free, v * np.exp(-h / 20), v)
    spikes = free & (v > 20)
    v[spikes] = 10
    last[spikes] = step
    sent[step + late] = spikes
    v += (W @ sent[step] + J * outside.poisson(step, eta * 20 * h / (J * 20), n)) * (free & ~spikes)
    # Filtered with 0.5 ms, in Hz.
    rates.append(rate)
    arrives = spikes.mean() / (h * 1e-3)
    rate = arrives + (rate - arrives) * np.exp(-h / 0.5)
    rates[-1] = (rates[-1], rate)
begun = np.array([old for old, _ in rates[1000:]])
step_s = h * 1e-3
time = (steps - 1 - 1000) * step_s
total, squares = (begun * step_s).sum(), (begun**2 * step_s).sum()
together = np.sqrt(squares * time / total**2 - 1)
figures = {
    'rate': sent[late + 1 : late + steps].sum() / n / ((steps - 1) * step_s),
    'together': together,
    'c.v': (v * 1e-3).tolist(),
}
tell(__file__, figures, indent=None)
