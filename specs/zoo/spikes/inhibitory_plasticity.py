"""Inhibitory plasticity (Vogels et al., 2011) in 0.25 s with NumPy, from the paper's equations; writes the figures beside this file.
Options: cells, steps, seed, target (kHz), eta (nS)."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

# In ms, mV, nS, pF and pA.
n, steps, seed, target, eta = asked(cells=120, steps=2500, seed=1, target=5e-3, eta=1.0)
h, m = 0.1, n // 4
cells = n + m
excites = np.arange(cells) < n


def joined(post, pre, k):
    j, i = np.mgrid[:post, :pre].astype(float)
    return np.sin(k + 1.7 * i**2 + 2.3 * j**2 + i * j) > 0.951


E = 0.6 * np.concatenate([joined(n, n, 1), joined(m, n, 2)])
II = 6.0 * joined(m, m, 3)
mask = joined(n, m, 4)
IE = 0.06 * mask
v = -60 + 10 * np.concatenate([Stream('init e uniform', seed).uniform(0, n), Stream('init i uniform', seed).uniform(0, m)])
ge, gi, before, after = np.zeros(cells), np.zeros(cells), np.zeros(m), np.zeros(n)
last = np.full(cells, -1000)
count = 0
figures = {'rate': {}, 'norm(IE)': {}}
for step in range(steps):
    # Linear in v, with what holds at the step's beginning.
    total = 10 + ge + gi
    rest = (-600 - 80 * gi + 200) / total
    moved = rest + (v - rest) * np.exp(-h * total / 200)
    v = np.where(step - last < 50, v, moved)
    spikes = (v > -50) & (step - last >= 50)
    v[spikes] = -60
    last[spikes] = step
    s = spikes * 1.0
    ge = ge * np.exp(-h / 5) + E @ s[:n]
    gi = gi * np.exp(-h / 10) + np.concatenate([IE @ s[n:], II @ s[n:]])
    before *= np.exp(-h / 20)
    after *= np.exp(-h / 20)
    change = (after[:, None] - 2 * target * 20) * s[n:]
    before += s[n:]
    change += s[:n, None] * before
    after += s[:n]
    IE = np.clip(IE + eta * change, 0, 300) * mask
    count += s[:n].sum() if step > 0 else 0
    if step > 0 and (step % 1000 == 0 or step == steps - 1):
        since = 1000 if step % 1000 == 0 else step % 1000
        figures['rate'][step] = count / n / (since * h * 1e-3)
        figures['norm(IE)'][step] = np.linalg.norm(IE) * 1e-9
        count = 0
figures |= {name: figures[name][steps - 1] for name in ('rate', 'norm(IE)')}
figures |= {'e.v': (v[:n] * 1e-3).tolist(), 'i.v': (v[n:] * 1e-3).tolist()}
tell(__file__, figures, indent=None)
