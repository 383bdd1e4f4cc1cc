"""The stabilised supralinear network (Ahmadian, Rubin and Miller, 2013) with NumPy; writes the figures beside this file. Options: k, n."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

k, n = asked(k=0.04, n=2.0)
step = 1e-3
J = np.array([[1.25, -0.65], [1.2, -0.5]])
tau = np.array([[0.02], [0.01]])
drive = 2.5 * np.arange(1, 21)


def slope(r):
    return (k * np.maximum(drive + J @ r, 0) ** n - r) / tau


r = np.zeros((2, 20))
figures = {'pair.e': {}}
for t in range(500):
    k1 = slope(r)
    k2 = slope(r + step / 2 * k1)
    k3 = slope(r + step / 2 * k2)
    k4 = slope(r + step * k3)
    r = r + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    if t % 50 == 0:
        figures['pair.e'][t] = r[0].tolist()
net = J[0] @ r
figures |= {'e1': r[0, 0], 'e2': r[0, 1], 'e10': r[0, 9], 'e20': r[0, 19], 'i20': r[1, 19]}
figures |= {'net1': net[0], 'net20': net[19]}
tell(__file__, figures)
