"""Sign-symmetric feedback (Liao, Leibo and Poggio, 2016) with NumPy; writes the figures beside this file. Options: hidden, epochs."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

hidden, epochs = asked(hidden=5, epochs=50)

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
y = np.eye(2)[[0, 1, 1, 0]]
sizes = [2, hidden, hidden, 2]
W = [np.sin(1 + 3.1 * np.arange(n)[:, None] + 1.7 * np.arange(m)) for m, n in zip(sizes, sizes[1:])]
b = [np.zeros(n) for n in sizes[1:]]


def angle(a, c):
    a, c = a / np.linalg.norm(a), c / np.linalg.norm(c)
    return np.degrees(2 * np.arctan2(np.linalg.norm(a - c), np.linalg.norm(a + c)))


def forward():
    h1 = np.tanh(x @ W[0].T + b[0])
    h2 = np.tanh(h1 @ W[1].T + b[1])
    z = np.exp(h2 @ W[2].T + b[2])
    return h1, h2, z / z.sum(1, keepdims=True)


def deltas(h1, h2, e, back):
    d2 = e @ back[2] * (1 - h2**2)
    return d2 @ back[1] * (1 - h1**2), d2, e


for step in range(epochs):
    h1, h2, out = forward()
    loss = -np.sum(y * np.log(out)) / 4
    used = deltas(h1, h2, y - out, [0.2 * np.sign(w) for w in W])
    exact = deltas(h1, h2, y - out, W)
    below = [x, h1, h2]
    update = [d.T @ s / 4 for d, s in zip(used, below)]
    angles = [angle(u, g.T @ s / 4) for u, g, s in zip(update, exact, below)]
    for i in range(3):
        W[i] = W[i] + 0.5 * update[i]
        b[i] = b[i] + 0.5 * used[i].mean(0)
figures = {'loss': loss, 'angle(W, backprop)[0]': angles[0], 'angle(W, backprop)[1]': angles[1]}
figures |= {f'norm(W)[{i}]': np.linalg.norm(w) for i, w in enumerate(W)}
figures['test loss'] = -np.sum(y * np.log(forward()[2])) / 4
tell(__file__, figures)
