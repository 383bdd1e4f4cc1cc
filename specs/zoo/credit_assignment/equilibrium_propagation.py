"""Equilibrium propagation (Scellier and Bengio, 2017) with NumPy, from the paper's equations; writes the figures beside this file. Options: hidden, beta, rate."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

hidden, beta, rate = asked(hidden=8, beta=0.5, rate=0.1)

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
y = np.eye(2)[[0, 1, 1, 0]]
W1 = np.sin(1 + 3.1 * np.arange(hidden)[:, None] + 1.7 * np.arange(2))
W2 = 0.3 * np.sin(2 + 2.3 * np.arange(2)[:, None] + 1.1 * np.arange(hidden))
b1, b2 = np.zeros(hidden), np.zeros(2)
rates = rate, rate / 2
figures = {'loss': {}}


def relax(h, o, steps, nudge):
    for _ in range(steps):
        dh = b1 + x @ W1.T + o @ W2 - h
        do = b2 + h @ W2.T - o + nudge * (y - o)
        h, o = np.clip(h + 0.5 * dh, 0, 1), np.clip(o + 0.5 * do, 0, 1)
    return h, o


for trial in range(400):
    if trial % 40 == 0 and trial > 0:
        figures['loss'][25 * trial] = 0.5 * np.sum((y - o_free) ** 2) / 4
    h_free, o_free = relax(np.zeros((4, hidden)), np.zeros((4, 2)), 20, 0)
    h, o = relax(h_free, o_free, 4, beta)
    W1 = W1 + rates[0] * (h - h_free).T @ x / 4 / beta
    W2 = W2 + rates[1] * (o.T @ h - o_free.T @ h_free) / 4 / beta
    b1 = b1 + rates[0] * (h - h_free).mean(0) / beta
    b2 = b2 + rates[1] * (o - o_free).mean(0) / beta
figures |= {'norm(W1)': np.linalg.norm(W1), 'W1': W1.tolist(), 'W2': W2.tolist()}
tell(__file__, figures)
