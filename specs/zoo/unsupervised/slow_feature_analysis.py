"""Slow feature analysis (Wiskott and Sejnowski, 2002; Sprekeler et al., 2007) with NumPy; writes the figures beside this file, and how the
monomials are sphered beside the model. Options: rate."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

rate, = asked(rate=0.001)
steps = 16_000
t = np.arange(steps) / 1000
slow, quick = np.sin(np.pi * t), np.cos(11 * np.pi * t)
x1, x2 = slow + quick**2, quick
H = np.stack([x1, x2, x1**2, x1 * x2, x2**2])
period = H[:, :2000]
mean = period.mean(1)
values, vectors = np.linalg.eigh(np.cov(period, bias=True))
sphering = (vectors / np.sqrt(values)).T
sphering *= np.sign(sphering[:, :1])
model = pathlib.Path(__file__).parents[3] / 'examples' / 'zoo' / 'unsupervised'
np.savez(model / 'slow_feature_analysis.npz', sphering=sphering, mean=(sphering @ mean)[:, None])
Z = sphering @ (H - mean[:, None])
# What the paper finds: the direction in which the derivative varies least.
change = np.diff(Z[:, :2001], axis=1)
slowest = np.linalg.eigh(change @ change.T)[1][:, 0]
w, low, corr = 0.3 * np.cos(1 + 2 * np.arange(5)), np.zeros(5), 0.0
for k in range(steps):
    z = Z[:, k]
    low += (z - low) / 50
    y = w @ low
    if k >= 14_000:
        corr += np.sqrt(2) * (w @ z) * slow[k] / 2000
    w = w + rate * y * (low - y * w)
figures = {'corr': corr, 'norm(W)': np.linalg.norm(w), 'W': w.tolist()}
tell(__file__, figures)
