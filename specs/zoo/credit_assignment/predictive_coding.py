"""Predictive coding (Whittington and Bogacz, 2017) with NumPy, from the paper's equations; writes the figures beside this file. Options: hidden."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

(hidden,) = asked(hidden=5)

given = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
y = np.eye(2)[[0, 1, 1, 0]]
sizes = [2, hidden, hidden, 2]
W = [np.sin(1 + 3.1 * np.arange(n)[:, None] + 1.7 * np.arange(m)) for m, n in zip(sizes, sizes[1:])]
b = [np.zeros(n) for n in sizes[1:]]
f = np.tanh
figures = {'loss': {}}


def errors(x):
    acts = [given, f(x[0]), f(x[1])]
    return acts, [v - a @ w.T - k for v, a, w, k in zip([*x, y], acts, W, b)]


for trial in range(400):
    x1 = given @ W[0].T + b[0]
    x = [x1, f(x1) @ W[1].T + b[1]]
    acts, eps = errors(x)
    if trial % 40 == 0:
        figures['loss'][21 * trial] = 0.5 * np.sum(eps[2] ** 2) / 4
    for step in range(20):
        x = [v + 0.2 * (-eps[i] + (1 - f(v) ** 2) * (eps[i + 1] @ W[i + 1])) for i, v in enumerate(x)]
        acts, eps = errors(x)
    for i in range(3):
        W[i] = W[i] + 0.2 * eps[i].T @ acts[i] / 4
        b[i] = b[i] + 0.2 * eps[i].mean(0)
figures |= {f'norm(W)[{i}]': np.linalg.norm(w) for i, w in enumerate(W)}
figures |= {f'W[{i}]': w.tolist() for i, w in enumerate(W)}
tell(__file__, figures)
