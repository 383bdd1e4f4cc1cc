"""PEPITA (Dellaferrera and Kreiman, 2022) with NumPy, from the paper's equations; writes the figures beside this file. Options: hidden, epochs."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

hidden, epochs = asked(hidden=8, epochs=100)

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
y = np.eye(2)[[0, 1, 1, 0]]
i = lambda n: np.arange(n)
W1 = np.sin(1 + 3.1 * i(hidden)[:, None] + 1.7 * i(2))
W2 = np.sin(3 + 1.9 * i(2)[:, None] + 2.7 * i(hidden))
F = 0.2 * np.cos(2 + 1.3 * i(2)[:, None] + 2.9 * i(2))


def angle(a, c):
    a, c = a / np.linalg.norm(a), c / np.linalg.norm(c)
    return np.degrees(2 * np.arctan2(np.linalg.norm(a - c), np.linalg.norm(a + c)))


def forward(given):
    h = np.maximum(given @ W1.T, 0)
    z = np.exp(h @ W2.T)
    return h, z / z.sum(1, keepdims=True)


for step in range(epochs):
    h, out = forward(x)
    e = out - y
    loss = -np.sum(y * np.log(out)) / 4
    changed = x + e @ F.T
    h_err, _ = forward(changed)
    d1 = -(h - h_err).T @ changed / 4
    d2 = -e.T @ h_err / 4
    gradient = -((e @ W2) * (h > 0)).T @ x / 4
    W1, W2 = W1 + 0.1 * d1, W2 + 0.1 * d2
figures = {
    'loss': loss,
    'angle(W1, backprop)': angle(d1, gradient),
    'norm(W1)': np.linalg.norm(W1),
    'norm(W2)': np.linalg.norm(W2),
    'test loss': -np.sum(y * np.log(forward(x)[1])) / 4,
}
tell(__file__, figures)
