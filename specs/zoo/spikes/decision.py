"""The decision circuit of Wang (2002) with 100 excitatory cells in 0.75 s, with NumPy, from the paper's equations; writes the figures
beside this file. Options: cells, seed, coherence, strength."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

# In ms, mV, nS, pF.
n, seed, coherence, strength = asked(cells=100, seed=1, coherence=0.5, strength=1.7)
h, steps, late, share = 0.1, 7501, 5, 0.15
m, a, scale = n // 4, int(share * n), 1600 / n
group = np.minimum(np.arange(n) // a, 2)
within = group[:, None] == group
N = np.where(within, strength, 1 - share * (strength - 1) / (1 - share))
N[group == 2] = 1
begins = lambda name, count: -55 - 15 * Stream(f'init {name} uniform', seed).uniform(0, count)


class Cells:
    def __init__(self, name, count, capacity, leak, pause, outside):
        self.count, self.capacity, self.leak, self.pause, self.outside = count, capacity, leak, pause, outside
        self.ge, self.gi, self.v = np.zeros(count), np.zeros(count), begins(name, count)
        self.last, self.stream = np.full(count, -1000), Stream(f'{name} poisson', seed)

    def step(self, step, ampa, nmda, gaba, drive):
        """One step, with exponential Euler's method: the derivative is that of all that reads the potential."""
        v, ge, gi = self.v, self.ge, self.gi
        block = np.exp(-0.062 * v)
        open_ = 1 / (1 + block / 3.57)
        f = self.leak * (-70 - v) - ge * v - nmda * v * open_ - gi * (v + 70)
        slope = -self.leak - ge - gi - nmda * (open_ + v * open_**2 * 0.062 * block / 3.57)
        free = step - self.last >= self.pause
        self.v = np.where(free, v - f / slope * (1 - np.exp(h * slope / self.capacity)), v)
        spikes = free & (self.v > -50)
        self.v[spikes] = -55
        self.last[spikes] = step
        rate = (2.4 + drive) * h
        self.ge = ge * np.exp(-h / 2) + ampa + self.outside * self.stream.poisson(step, rate, self.count)
        self.gi = gi * np.exp(-h / 5) + gaba
        return spikes


e = Cells('e', n, 500, 25, 20, 2.1)
i = Cells('i', m, 200, 20, 10, 1.62)
x, opened = np.zeros(n), np.zeros(n)
spikes_e, spikes_i, gates = np.zeros((steps + late, n)), np.zeros((steps + late, m)), np.zeros((steps + late, n))
drive = np.zeros(n)
for step in range(steps):
    se, gate, si = spikes_e[step], gates[step], spikes_i[step]
    if step == 5000:
        drive = 0.04 * np.array([1 + coherence, 1 - coherence, 0])[group]
    fires = e.step(step, 0.05 * scale * (N @ se), 0.165 * scale * (N @ gate), 1.3 * scale * si.sum(), drive)
    spikes_i[step + late] = i.step(step, 0.04 * scale * se.sum(), 0.13 * scale * gate.sum(), 1.0 * scale * si.sum(), np.zeros(m))
    spikes_e[step + late] = fires
    slope = -50 * x / 100 - 1 / 100
    opened = opened - (50 * x * (1 - opened) - opened) / 100 / slope * (1 - np.exp(h * slope))
    x = x * np.exp(-h / 2) + fires
    gates[step + late] = opened
rate = lambda spikes: spikes[late + 5001 : late + 7501].mean() / (h * 1e-3)
figures = {
    'a': rate(spikes_e[:, :a]),
    'b': rate(spikes_e[:, a : 2 * a]),
    'others': rate(spikes_e[:, 2 * a :]),
    'inhibitory': rate(spikes_i),
    'e.v': (e.v * 1e-3).tolist(),
    'e.open': opened.tolist(),
    'i.v': (i.v * 1e-3).tolist(),
}
tell(__file__, figures, indent=None)
