"""Real-time recurrent learning (Williams and Zipser, 1989) with NumPy: the influence of each weight on each unit, forward in time;
writes the figures beside this file."""
import json
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream

n, rate, period = 16, 0.002, 200
I = 2 * Stream('init I').uniform(0, n) - 1
W = 1.5 / np.sqrt(n) * Stream('init W 2').normal(0, n * n).reshape(n, n)
O = (2 * Stream('init O 3').uniform(0, n) - 1) / np.sqrt(n)
error = 0
figures = {'error': {}}
for trial in range(10):
    h = np.zeros(n)
    influence = np.zeros((n, n, n + 1))  # of weight [a, b] (b = n: the input) on unit k
    gradient, readout = np.zeros((n, n + 1)), np.zeros(n)
    for moment in range(period):
        u = W @ h + I
        direct = np.zeros((n, n, n + 1))
        for k in range(n):
            direct[k, k] = np.append(h, 1)
        slope = (1 - np.tanh(u) ** 2)[:, None, None]
        influence = 0.9 * influence + 0.1 * slope * (np.einsum('kl,lab->kab', W, influence) + direct)
        h = h + 0.1 * (np.tanh(u) - h)
        angle = 2 * np.pi * moment / period
        target = np.sin(angle) + 0.75 * np.sin(2 * angle) + 0.5 * np.sin(3 * angle) + 0.25 * np.sin(4 * angle)
        short = target - O @ h
        error = error + (short**2 - error) / period
        if moment == 0:
            figures['error'][trial * period] = error
        gradient += short * np.einsum('k,kab->ab', O, influence)
        readout += short * h
    whole = np.sqrt(np.sum(gradient**2) + np.sum(readout**2))
    factor = rate * min(1, 5 / (whole + 1e-6))
    W = W + factor * gradient[:, :n]
    I = I + factor * gradient[:, n]
    O = O + factor * readout
figures |= {'norm(W)': np.linalg.norm(W), 'norm(O)': np.linalg.norm(O), 'W': W.ravel().tolist()}
pathlib.Path(__file__).with_suffix('.json').write_text(json.dumps(figures) + '\n')
