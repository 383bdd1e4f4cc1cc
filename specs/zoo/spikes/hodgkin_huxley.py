"""The axon of Hodgkin and Huxley (1952) with NumPy, by the classical Runge-Kutta method; writes the figures beside this file."""
import json
import pathlib
import numpy as np

current = 2.0 * 2 ** np.arange(8)  # uA/cm^2; potentials in mV, times in ms
dt, steps = 0.02, 15_001


def vtrap(x):
    return np.where(np.abs(x) < 1e-6, 1 - x / 2, x / np.expm1(np.where(x == 0, 1, x)))


def slope(u):
    n, m, h, v = u
    dn = 0.1 * vtrap((10 - v) / 10) * (1 - n) - 0.125 * np.exp(-v / 80) * n
    dm = vtrap((25 - v) / 10) * (1 - m) - 4 * np.exp(-v / 18) * m
    dh = 0.07 * np.exp(-v / 20) * (1 - h) - h / (np.exp((30 - v) / 10) + 1)
    dv = current - 120 * m**3 * h * (v - 115) - 36 * n**4 * (v + 12) - 0.3 * (v - 10.613)
    return np.array([dn, dm, dh, dv])


u = np.array([np.full(8, x) for x in (0.3176769, 0.0529325, 0.5961207, 0.0)])
spikes = [[] for _ in current]
for step in range(steps):
    k1 = slope(u)
    k2 = slope(u + dt / 2 * k1)
    k3 = slope(u + dt / 2 * k2)
    k4 = slope(u + dt * k3)
    before = u[3]
    u = u + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    for i in np.flatnonzero((u[3] > 50) & (before <= 50)):
        spikes[i].append(step)
events = sorted([step, cell] for cell, each in enumerate(spikes) for step in each)
figures = {'times(axon.s)': events, 'axon.v': (u[3] / 1000).tolist()}
# Over the last 100 ms, as `rate` measures it.
for name, cell in (('at_4', 1), ('at_8', 2), ('at_32', 4), ('at_256', 7)):
    figures[name] = sum(10_000 < s <= 15_000 for s in spikes[cell]) / 0.1
for i, each in enumerate(spikes):
    print(current[i], len(each), [1000 / (b - a) / dt for a, b in zip(each, each[1:])][-2:])
pathlib.Path(__file__).with_suffix('.json').write_text(json.dumps(figures) + '\n')
