"""Random feedback local online learning (Murray, 2019) with NumPy, from the paper's equations; writes the figures beside this file. Options: cells, steps, seed."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

n, steps, seed = asked(cells=30, steps=2000, seed=1)

rate, period = 0.002, 200
I = 2 * Stream('init I', seed).uniform(0, n) - 1
W = 1.5 / np.sqrt(n) * Stream('init W 2', seed).normal(0, n * n).reshape(n, n)
O = (2 * Stream('init O 3', seed).uniform(0, n) - 1) / np.sqrt(n)
B = 2 * Stream('init B 4', seed).uniform(0, n) - 1
error = 0
figures = {'error': {}}
for step in range(steps):
    moment = step % period
    if moment == 0:
        h, p, q = np.zeros(n), np.zeros((n, n)), np.zeros(n)
    u = W @ h + I
    slope = 1 - np.tanh(u) ** 2
    p = p + 0.1 * (slope[:, None] * h - p)
    q = q + 0.1 * (slope - q)
    h = h + 0.1 * (np.tanh(u) - h)
    angle = 2 * np.pi * moment / period
    target = np.sin(angle) + 0.75 * np.sin(2 * angle) + 0.5 * np.sin(3 * angle) + 0.25 * np.sin(4 * angle)
    short = target - O @ h
    error = error + (short**2 - error) / period
    if moment == 0:
        figures['error'][step] = error
    told = B * short
    W = W + rate * told[:, None] * p
    I = I + rate * told * q
    O = O + rate * short * h
figures |= {'norm(W)': np.linalg.norm(W), 'norm(O)': np.linalg.norm(O), 'W': W.ravel().tolist()}
tell(__file__, figures, indent=None)
