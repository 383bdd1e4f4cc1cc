"""A Wilson-Cowan column (1972) with NumPy, by the classical Runge-Kutta method; writes the figures beside this file. Options: drive, c1,
c2, theta_i."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

drive, c1, c2, theta_i = asked(drive=1.25, c1=16.0, c2=12.0, theta_i=3.7)
step, tau = 1e-3, 10e-3


def response(z, a, theta):
    return 1 / (1 + np.exp(-a * (z - theta))) - 1 / (1 + np.exp(a * theta))


def slope(state):
    e, i = state
    return np.array([
        -e + (1 - e) * response(c1 * e - c2 * i + drive, 1.3, 4),
        -i + (1 - i) * response(15 * e - 3 * i, 2, theta_i),
    ]) / tau


y = np.zeros(2)
figures = {'column.e': {}, 'column.i': {}}
for n in range(1000):
    # What is recorded is the value at the end of the step.
    k1 = slope(y)
    k2 = slope(y + step / 2 * k1)
    k3 = slope(y + step / 2 * k2)
    k4 = slope(y + step * k3)
    y = y + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    if n % 20 == 0:
        figures['column.e'][n] = y[0]
        figures['column.i'][n] = y[1]
figures['e'] = y[0]
tell(__file__, figures)
