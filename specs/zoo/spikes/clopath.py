"""Plasticity by the voltage (Clopath et al., 2010) with NumPy, from the paper's equations; writes the figures beside this file. Options:
ltd, ltp."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

# In ms, mV, nA, pF (of which nA ms / pF is V).
ltd, ltp = asked(ltd=14e-5, ltp=8e-5)
h, steps, late, low, high = 0.1, 6000, 50, -70.6, -45.3
k = np.arange(8)
period = np.array([100, 50, 25, 20])[k % 4]
start_pre, start_post = np.where(k < 4, 1, 11), np.where(k < 4, 11, 1)
times = lambda start: {(j, int(round((start[j] + n * period[j]) / h))) for j in k for n in range(5)}
pre_times, post_times = times(start_pre), times(start_post)
at = lambda spikes, step: np.array([(j, step) in spikes for j in k])
u, up, um = np.full(8, -70.6), np.full(8, -70.6), np.full(8, -70.6)
vt, wad, z, x, w = np.full(8, -50.4), np.zeros(8), np.zeros(8), np.zeros(8), np.ones(8)
spiked, pulsed = np.full(8, -1000), np.full(8, -1000)
past = np.zeros((steps + late, 2, 8))
for step in range(steps):
    clamped = step - spiked <= 20
    forced = np.where(step - pulsed < 10, 50.0, 0.0)
    with np.errstate(over='ignore'):
        current = 30e-3 * (2 * np.exp(np.minimum(u - vt, 1000) / 2) - u - 70.6) - wad + z + forced
    moved = u + h * np.where(clamped, 0, current) * 1e3 / 281
    up, um = up + h * (u - up) / 7, um + h * (u - um) / 10
    wad, z, vt = wad + h * (4e-3 * (u + 70.6) - wad) / 144, z - h * z / 40, vt + h * (-50.4 - vt) / 50
    u = moved
    fires = (u > 33) & ~clamped
    u = np.where(fires, 33, u)
    vt, z, wad = np.where(fires, 30.4, vt), np.where(fires, 0.4, z), wad + 0.0805 * fires
    u = np.where(step - spiked == 20, -60, u)
    spiked[fires], pulsed[at(post_times, step)] = step, step
    past[step + late] = up + 70.6, um + 70.6
    was_plus, was_minus = past[step]
    pre = at(pre_times, step)
    x = x - h * x / 15 + pre
    w = w - pre * ltd * np.maximum(was_minus - 70.6 - low, 0)
    w = w + ltp * x * np.maximum(u - high, 0) * np.maximum(was_plus - 70.6 - low, 0) * h / 15
    if step == steps - 2:
        told = 15 * (w - 1)
names = {'slow': 0, 'quick': 3, 'backwards': 4, 'backwards_quick': 7}
figures = {'W': w.tolist()} | {name: told[j] for name, j in names.items()}
tell(__file__, figures)
