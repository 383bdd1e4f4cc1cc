"""Dendritic prediction of somatic spiking (Urbanczik and Senn, 2014) with NumPy, from the paper's equations; writes the figures beside this
file. Options: inputs, eta, push, steps, seed."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

n, eta, push, steps, seed = asked(inputs=50, eta=0.05, push=1.0, steps=4001, seed=1)
dt = 0.2  # ms
i, ms = np.arange(n)[:, None], np.arange(1000)
pattern = np.sin(12.9898 * (i + 1) + 78.233 * (ms + 1) + 0.37 * i * ms) > 0.99999
draws = Stream('n bernoulli', seed)


def rate(u):
    return 0.15 / (1 + 0.5 * np.exp(5 * (1 - u)))


w, d, fast, slow = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
u, wrong = 0.0, 0.5
figures = {'wrong': {}}
for step in range(steps):
    s = pattern[:, step % 1000]
    fast, slow = fast - dt / 3 * fast + s, slow - dt / 10 * slow + s
    psp = (slow - fast) / 7
    v = w @ psp
    phase = 2 * np.pi * (step % 1000) / 1000
    curve = 0.4 + 0.4 * np.sin(phase) + 0.3 * np.sin(2 * phase + 1)
    spike = draws.uniform(step, 1)[0] < dt * rate(u)
    u = u + dt * (2 * (v - u) + push * (curve - u) - 0.1 * u)
    foretold = 2 / 2.1 * v
    short = (spike - dt * rate(foretold)) * 5 / (1 + 2 * np.exp(5 * (foretold - 1)))
    wrong = wrong + dt / 400 * (abs(curve - u) - wrong)
    d = d + dt / 100 * (short * psp / dt - d)
    w = w + eta * d
    if step % 1000 == 0:
        figures['wrong'][step] = wrong
figures |= {'norm(W)': np.linalg.norm(w), 'W': [w.tolist()], 'n.u': [u]}
tell(__file__, figures)
