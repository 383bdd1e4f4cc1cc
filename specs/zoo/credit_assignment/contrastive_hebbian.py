"""Contrastive Hebbian learning in a layered network (Xie and Seung, 2003) with NumPy; writes the figures beside this file. Options: hidden, gamma, rate."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

hidden, gamma, rate = asked(hidden=6, gamma=0.2, rate=1.0)

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
y = np.eye(2)[[0, 1, 1, 0]]
W1 = 2 * np.sin(1 + 3.1 * np.arange(hidden)[:, None] + 1.7 * np.arange(2))
W2 = np.sin(2 + 2.3 * np.arange(2)[:, None] + 1.1 * np.arange(hidden))
b1, b2 = np.zeros(hidden), np.zeros(2)
figures = {'loss': {}}
f = lambda z: 1 / (1 + np.exp(-z))


def relax(h, o, steps, clamped):
    for _ in range(steps):
        dh = f(b1 + x @ W1.T + gamma * o @ W2) - h
        do = f(b2 + h @ W2.T) - o
        h, o = h + 0.5 * dh, y if clamped else o + 0.5 * do
    return h, o


for trial in range(400):
    if trial % 40 == 0 and trial > 0:
        figures['loss'][30 * trial] = 0.5 * np.sum((y - o_free) ** 2) / 4
    h_free, o_free = relax(np.zeros((4, hidden)), np.zeros((4, 2)), 19, False)
    # The hidden layer hears of the clamped output a step after it is clamped.
    h, o = relax(h_free, o_free, 10, True)
    W1 = W1 + rate / gamma * (h - h_free).T @ x / 4
    W2 = W2 + rate * (o.T @ h - o_free.T @ h_free) / 4
    b1 = b1 + rate / gamma * (h - h_free).mean(0)
    b2 = b2 + rate * (o - o_free).mean(0)
figures |= {'W1': W1.tolist(), 'W2': W2.tolist()}
figures['norm(W1)'] = np.linalg.norm(W1)
tell(__file__, figures)
