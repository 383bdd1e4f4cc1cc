"""Burst-dependent plasticity in ensemble rates (Payeur et al., 2021) with NumPy, from the paper's equations; writes the figures beside this
file. Options: layers, hidden, epochs, rate, base."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

layers, hidden, epochs, rate, base = asked(layers=1, hidden=5, epochs=200, rate=2.0, base=0.2)
x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
target = np.eye(2)[[0, 1, 1, 0]]
sizes = [2] + [hidden] * layers + [2]
logistic = lambda z: 1 / (1 + np.exp(-z))
table = lambda a, p, q, n, m: 2 * np.sin(a + p * np.arange(n)[:, None] + q * np.arange(m))
W = [table(1, 3.1, 1.7, n, m) for m, n in zip(sizes, sizes[1:])]
Y = [table(2, 2.3, 1.1, m, n) for m, n in zip(sizes[1:], sizes[2:])]
k = [np.zeros(n) for n in sizes[1:]]


def events():
    e = [x]
    for w, bias in zip(W, k):
        e.append(logistic(e[-1] @ w.T + bias))
    return e


def bursts(e, taught):
    """Burst rates from the output down: h(e) is 1 - e of a logistic ensemble."""
    out = e[-1]
    p = np.clip(base + (1 - out) * (target - out), 0, 1) if taught else np.full_like(out, base)
    b = [p * out]
    for y, rates in zip(reversed(Y), reversed(e[1:-1])):
        b.insert(0, logistic((1 - rates) * (b[0] @ y.T)) * rates)
    return b


def angle(change):
    """Between all changes and the gradient of half the squared error, going down."""
    e = events()
    delta = (target - e[-1]) * e[-1] * (1 - e[-1])
    down = []
    for i in reversed(range(len(W))):
        down.insert(0, delta.T @ e[i] / 4)
        delta = delta @ W[i] * e[i] * (1 - e[i])
    a, b = (np.concatenate([m.ravel() for m in each]) for each in (change, down))
    return np.degrees(np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b)))


figures = {'loss': {}}
for step in range(epochs):
    e = events()
    moved = [t - f for t, f in zip(bursts(e, True), bursts(e, False))]
    change = [m.T @ below / 4 for m, below in zip(moved, e)]
    if step % 20 == 0:
        figures['loss'][step] = 0.5 * np.sum((target - e[-1]) ** 2) / 4
    if step == epochs - 1:
        figures['angle(W, backprop)'] = angle(change)
    for i in range(len(W)):
        W[i] = W[i] + rate * change[i]
        k[i] = k[i] + rate * moved[i].mean(0)
figures['norm(W)'] = np.sqrt(sum(np.sum(w**2) for w in W))
figures['test loss'] = 0.5 * np.sum((target - events()[-1]) ** 2) / 4
tell(__file__, figures)
