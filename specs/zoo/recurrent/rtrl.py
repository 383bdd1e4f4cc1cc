"""Real-time recurrent learning (Williams and Zipser, 1989) with NumPy: the influence of each weight on each unit, forward in time; writes
the figures beside this file. Options: cells, tau and period (ms), trials, seed."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

n, tau, period, trials, seed = asked(cells=16, tau=10.0, period=200, trials=10, seed=1)
rate, part = 0.002, 1 / tau
I = 2 * Stream('init I', seed).uniform(0, n) - 1
W = 1.5 / np.sqrt(n) * Stream('init W 2', seed).normal(0, n * n).reshape(n, n)
O = (2 * Stream('init O 3', seed).uniform(0, n) - 1) / np.sqrt(n)
error = 0
figures = {'error': {}}
for trial in range(trials):
    h = np.zeros(n)
    influence = np.zeros((n, n, n + 1))  # of weight [a, b] (b = n: the input) on unit k
    gradient, readout = np.zeros((n, n + 1)), np.zeros(n)
    for moment in range(period):
        u = W @ h + I
        direct = np.zeros((n, n, n + 1))
        for k in range(n):
            direct[k, k] = np.append(h, 1)
        slope = (1 - np.tanh(u) ** 2)[:, None, None]
        heard = np.einsum('kl,lab->kab', W, influence) + direct
        influence = influence + part * (slope * heard - influence)
        h = h + part * (np.tanh(u) - h)
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
tell(__file__, figures, indent=None)
