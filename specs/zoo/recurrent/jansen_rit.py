"""A Jansen-Rit column (1995) with NumPy, by the classical Runge-Kutta method, in millivolts and seconds; writes the figures beside this
file, in volts as runs do. Options: C, drive (Hz)."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

C, p = asked(C=135.0, drive=220.0)
A, B, a, b, step = 3.25, 22.0, 100.0, 50.0, 1e-3
S = lambda v: 5 / (1 + np.exp(0.56 * (6 - v)))


def slope(s):
    y0, y1, y2, y3, y4, y5 = s
    return np.array([
        y3, y4, y5,
        A * a * S(y1 - y2) - 2 * a * y3 - a**2 * y0,
        A * a * (p + 0.8 * C * S(C * y0)) - 2 * a * y4 - a**2 * y1,
        B * b * 0.25 * C * S(0.25 * C * y0) - 2 * b * y5 - b**2 * y2,
    ])


s, eeg = np.zeros(6), []
for n in range(3000):
    k1 = slope(s)
    k2 = slope(s + step / 2 * k1)
    k3 = slope(s + step / 2 * k2)
    k4 = slope(s + step * k3)
    s = s + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    eeg.append(s[1] - s[2])
eeg = np.array(eeg)
waves = np.flatnonzero((eeg[1:] > 7) & (eeg[:-1] <= 7)) + 1
figures = {
    'column.eeg': {n: eeg[n] / 1e3 for n in range(0, 3000, 50)},
    # Measured every 500 ms, and in the last step: from step 2500 on.
    'frequency': np.sum(waves > 2500) / (499 * step),
    'eeg': eeg[-1] / 1e3,
}
tell(__file__, figures)
