"""Direct feedback alignment (Nokland, 2016) with NumPy, from the paper's equations; writes the figures beside this file. Options: hidden, epochs, rate."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

hidden, epochs, rate = asked(hidden=5, epochs=100, rate=0.5)

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
y = np.array([[0], [1], [1], [0]], float)
sizes = [2, hidden, hidden, 1]
table = lambda f, rows, columns: f(np.arange(rows)[:, None], np.arange(columns)[None, :])
W = [table(lambda i, j: np.sin(1 + 3.1 * i + 1.7 * j), n, m) for m, n in zip(sizes, sizes[1:])]
B = [table(lambda i, j: np.cos(2 + 1.3 * i + 2.9 * j), n, 1) for n in sizes[1:-1]]
b = [np.zeros(n) for n in sizes[1:]]
sigmoid = lambda z: 1 / (1 + np.exp(-z))


def angle(a, c):
    a, c = a / np.linalg.norm(a), c / np.linalg.norm(c)
    return np.degrees(2 * np.arctan2(np.linalg.norm(a - c), np.linalg.norm(a + c)))


def forward():
    h1 = np.tanh(x @ W[0].T + b[0])
    h2 = np.tanh(h1 @ W[1].T + b[1])
    return h1, h2, sigmoid(h2 @ W[2].T + b[2])


for step in range(epochs):
    h1, h2, out = forward()
    loss = -np.sum(y * np.log(out) + (1 - y) * np.log(1 - out)) / 4
    e = y - out
    d2, d1 = e @ B[1].T * (1 - h2**2), e @ B[0].T * (1 - h1**2)
    g2 = e @ W[2] * (1 - h2**2)
    g1 = g2 @ W[1] * (1 - h1**2)
    pairs = [(d1, x), (d2, h1), (e, h2)]
    update = [d.T @ s / 4 for d, s in pairs]
    exact = [d.T @ s / 4 for d, s in [(g1, x), (g2, h1), (e, h2)]]
    angles = [angle(u.ravel(), g.ravel()) for u, g in zip(update, exact)]
    for i, (d, _) in enumerate(pairs):
        W[i] = W[i] + rate * update[i]
        b[i] = b[i] + rate * d.mean(0)
figures = {'loss': loss, 'angle(W, backprop)[0]': angles[0], 'angle(W, backprop)[1]': angles[1]}
figures |= {f'norm(W)[{i}]': np.linalg.norm(w) for i, w in enumerate(W)}
out = forward()[2]
figures['test loss'] = -np.sum(y * np.log(out) + (1 - y) * np.log(1 - out)) / 4
tell(__file__, figures)
