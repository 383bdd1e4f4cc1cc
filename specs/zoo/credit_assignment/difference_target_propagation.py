"""Difference target propagation (Lee et al., 2015) with NumPy, from the paper's equations; writes the figures beside this file. Options:
hidden, steps."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

n, steps = asked(hidden=5, steps=100)
x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
y = np.eye(2)[[0, 1, 1, 0]]
table = lambda a, p, q, n, m: 0.5 * np.sin(a + p * np.arange(n)[:, None] + q * np.arange(m))


def angle(a, c):
    a, c = a / np.linalg.norm(a), c / np.linalg.norm(c)
    return np.degrees(2 * np.arctan2(np.linalg.norm(a - c), np.linalg.norm(a + c)))


W = [table(1, 3.1, 1.7, n, 2)] + [table(2, 2.3, 1.1, n, n)] * 2 + [table(4, 1.3, 2.9, 2, n)]
b = [np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(2)]
V = [table(3, 1.9, 2.7, n, n)] * 2
c = [np.zeros(n)] * 2


def forward():
    h = [x]
    for w, k in zip(W[:3], b):
        h.append(np.tanh(h[-1] @ w.T + k))
    z = np.exp(h[-1] @ W[3].T + b[3])
    return h, z / z.sum(1, keepdims=True)


inverse = lambda i, above: np.tanh(above @ V[i].T + c[i])
for step in range(steps):
    h, out = forward()
    loss = -np.sum(y * np.log(out)) / 4
    e = y - out
    goal = [None, None, None, h[3] + e @ W[3]]
    for i in (1, 0):
        goal[i + 1] = inverse(i, goal[i + 2]) + h[i + 1] - inverse(i, h[i + 2])
    push = [(goal[i] - h[i]) * (1 - h[i] ** 2) for i in (1, 2, 3)] + [e]
    update = [p.T @ s / 4 for p, s in zip(push, h)]
    g = [e @ W[3] * (1 - h[3] ** 2)]
    for i in (2, 1):
        g.insert(0, g[0] @ W[i] * (1 - h[i] ** 2))
    angles = [angle(update[i], g[i].T @ h[i] / 4) for i in range(3)]
    # Inverses, on rates without noise: V is still that of the step's beginning.
    mend = []
    for i in range(2):
        back = inverse(i, h[i + 2])
        mend.append((h[i + 1] - back) * (1 - back**2))
    for i in range(2):
        V[i] = V[i] + 0.2 * mend[i].T @ h[i + 2] / 4
        c[i] = c[i] + 0.2 * mend[i].mean(0)
    for i in range(4):
        W[i] = W[i] + 0.5 * update[i]
        b[i] = b[i] + 0.5 * push[i].mean(0)
figures = {'loss': loss, 'angle(A, backprop)': angles[0], 'norm(A)': np.linalg.norm(W[0])}
figures['angle(W, backprop)[0]'] = angles[1]
for i in range(2):
    figures[f'norm(V)[{i}]'] = np.linalg.norm(V[i])
figures['test loss'] = -np.sum(y * np.log(forward()[1])) / 4
tell(__file__, figures)
