"""The generalised Hebbian algorithm (Sanger, 1989) with NumPy, in its own form, equation 4 of the paper: the change of weights
is rate (y x^T - LT[y y^T] W), LT the lower triangle. Writes the figures beside this file. Options: inputs, units, steps, seed, rate."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

n, units, steps, seed, rate = asked(inputs=8, units=3, steps=10_000, seed=1, rate=0.002)

post, pre = np.mgrid[:n, :n]
A = 1.5 ** (1.0 - pre) * np.cos(np.pi * (post + 0.5) * (pre + 1) / n)
row, column = np.mgrid[:units, :n]
D = np.cos(np.pi * (column + 0.5) * (row + 1) / n) / np.sqrt(n / 2)
W = 0.3 * np.sin(1 + 2 * column + row)
draws = Stream('z uniform', seed)
for step in range(steps):
    x = A @ (np.sqrt(3) * (2 * draws.uniform(step, n) - 1))
    y = W @ x
    W = W + rate * (np.outer(y, x) - np.tril(np.outer(y, y)) @ W)
figures = {}
for i, w in enumerate(W):
    figures[f'angle(W, D)[{i}]'] = np.degrees(np.arccos(w @ D[i] / np.linalg.norm(w)))
    figures[f'norm(W)[{i}]'] = np.linalg.norm(w)
    figures[f'W[{i}]'] = w.tolist()
tell(__file__, figures)
