"""Oja's rule (Oja, 1982) with NumPy; writes the figures beside this file. Options: inputs, steps, seed, rate."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

n, steps, seed, rate = asked(inputs=8, steps=10_000, seed=1, rate=0.002)

post, pre = np.mgrid[:n, :n]
A = 1.5 ** (1.0 - pre) * np.cos(np.pi * (post + 0.5) * (pre + 1) / n)
first = np.cos(np.pi * (np.arange(n) + 0.5) / n) / np.sqrt(n / 2)
w = 0.3 * np.sin(1 + 2 * np.arange(n))
draws = Stream('z uniform', seed)
figures = {'angle(W, D)': {}, 'W': {}}
for step in range(steps):
    x = A @ (np.sqrt(3) * (2 * draws.uniform(step, n) - 1))
    y = w @ x
    w = w + rate * y * (x - y * w)
    if step % 1000 == 0:
        c = w @ first / np.linalg.norm(w)
        figures['angle(W, D)'][step] = np.degrees(np.arccos(c))
figures['norm(W)'] = np.linalg.norm(w)
figures['angle(W, D)'][steps - 1] = np.degrees(np.arccos(w @ first / np.linalg.norm(w)))
figures['W'] = w.tolist()
tell(__file__, figures)
