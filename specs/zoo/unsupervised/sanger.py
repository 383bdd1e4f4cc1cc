"""The generalised Hebbian algorithm (Sanger, 1989) with NumPy, in its own form, equation 4 of the paper: the change of weights
is rate (y x^T - LT[y y^T] W), LT the lower triangle. Writes the figures beside this file."""
import json
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream

n, units, rate, steps = 8, 3, 0.002, 10_000
post, pre = np.mgrid[:n, :n]
A = 1.5 ** (1.0 - pre) * np.cos(np.pi * (post + 0.5) * (pre + 1) / n)
row, column = np.mgrid[:units, :n]
D = np.cos(np.pi * (column + 0.5) * (row + 1) / n) / np.sqrt(n / 2)
W = 0.3 * np.sin(1 + 2 * column + row)
draws = Stream('z uniform')
for step in range(steps):
    x = A @ (np.sqrt(3) * (2 * draws.uniform(step, n) - 1))
    y = W @ x
    W = W + rate * (np.outer(y, x) - np.tril(np.outer(y, y)) @ W)
figures = {}
for i, w in enumerate(W):
    figures[f'angle(W, D)[{i}]'] = np.degrees(np.arccos(w @ D[i] / np.linalg.norm(w)))
    figures[f'norm(W)[{i}]'] = np.linalg.norm(w)
    figures[f'W[{i}]'] = w.tolist()
pathlib.Path(__file__).with_suffix('.json').write_text(json.dumps(figures, indent=1) + '\n')
