"""The axon of Hodgkin and Huxley (1952) with NumPy, by the classical Runge-Kutta method; writes the figures beside this file.
Options: least, the least current (uA/cm^2), warm, how much faster the gates are than at 6.3 degrees, and sodium (mS/cm^2)."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

least, warm, sodium = asked(least=2.0, warm=1.0, sodium=120.0)
current = least * 2 ** np.arange(8)  # uA/cm^2; potentials in mV, times in ms
dt, steps = 0.02, 15_001


def vtrap(x):
    return np.where(np.abs(x) < 1e-6, 1 - x / 2, x / np.expm1(np.where(x == 0, 1, x)))


def slope(u):
    n, m, h, v = u
    dn = 0.1 * vtrap((10 - v) / 10) * (1 - n) - 0.125 * np.exp(-v / 80) * n
    dm = vtrap((25 - v) / 10) * (1 - m) - 4 * np.exp(-v / 18) * m
    dh = 0.07 * np.exp(-v / 20) * (1 - h) - h / (np.exp((30 - v) / 10) + 1)
    dv = current - sodium * m**3 * h * (v - 115) - 36 * n**4 * (v + 12) - 0.3 * (v - 10.613)
    return np.array([warm * dn, warm * dm, warm * dh, dv])


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
tell(__file__, figures, None)
