"""Equilibrium propagation with persistent particles (Scellier and Bengio, 2017) with NumPy, from the paper's equations; writes the figures
beside this file. Options: hidden, beta, trials."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

n, beta, trials = asked(hidden=8, beta=1.0, trials=1000)
x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
y = np.eye(2)[[0, 1, 1, 0]]
W1 = np.sin(1 + 3.1 * np.arange(n)[:, None] + 1.7 * np.arange(2))
W2 = 0.3 * np.sin(2 + 2.3 * np.arange(2)[:, None] + 1.1 * np.arange(n))
b1, b2 = np.zeros(n), np.full(2, 0.3)
rates = (0.1, 0.02)
figures = {'loss': {}}
# The free equilibrium that each example was in.
h_free, o_free = np.zeros((4, n)), np.zeros((4, 2))
# What the layers send each other arrives a step later: at the beginning of a presentation it is what the one before left.
h_sent, o_sent = np.zeros((2, n)), np.zeros((2, 2))


def relax(own, h, o, steps, nudge):
    global h_sent, o_sent
    for _ in range(steps):
        dh = b1 + x[own] @ W1.T + o_sent @ W2 - h
        do = b2 + h_sent @ W2.T - o + nudge * (y[own] - o)
        h, o = np.clip(h + 0.5 * dh, 0, 1), np.clip(o + 0.5 * do, 0, 1)
        h_sent, o_sent = h, o
    return h, o


for trial in range(trials):
    own = slice(2 * (trial % 2), 2 * (trial % 2) + 2)
    if trial % 51 == 0 and trial > 0:
        # In the first step of a presentation the particle is that of the one before.
        figures['loss'][10 * trial] = 0.5 * np.sum((y[own] - o_free[own]) ** 2) / 2
    h_free[own], o_free[own] = relax(own, h_free[own], o_free[own], 6, 0)
    h, o = relax(own, h_free[own], o_free[own], 4, beta)
    W1 = W1 + rates[0] * (h - h_free[own]).T @ x[own] / 2 / beta
    W2 = W2 + rates[1] * (o.T @ h - o_free[own].T @ h_free[own]) / 2 / beta
    b1 = b1 + rates[0] * (h - h_free[own]).mean(0) / beta
    b2 = b2 + rates[1] * (o - o_free[own]).mean(0) / beta
figures |= {'norm(W1)': np.linalg.norm(W1), 'W1': W1.tolist(), 'W2': W2.tolist()}
tell(__file__, figures)
