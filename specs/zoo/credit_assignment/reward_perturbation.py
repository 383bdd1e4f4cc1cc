"""Node perturbation with reward (Williams, 1992; Fiete and Seung, 2006) with NumPy, from the papers' equations; writes the figures
beside this file. Options: hidden, steps, seed, sigma."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

hidden, steps, seed, sigma = asked(hidden=10, steps=6000, seed=1, sigma=0.3)

rate, tau, sizes = 1.0, 5, [2, hidden, 1]
x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
target = np.array([[0], [1], [1], [0]], float)
table = lambda a, p, q, n, m: np.sin(a + p * np.arange(n)[:, None] + q * np.arange(m))
W = [table(1, 3.1, 1.7, n, m) for m, n in zip(sizes, sizes[1:])]
b = [np.zeros(n) for n in sizes[1:]]
draws = [Stream('h[0] normal', seed), Stream('y normal', seed)]
expected = np.zeros(4)
figures = {'reward': {}}


def answer(noise):
    h = np.tanh(x @ W[0].T + b[0] + noise[0])
    return h, 1 / (1 + np.exp(-(h @ W[1].T + b[1] + noise[1])))


for step in range(steps):
    noise = [sigma * d.normal(step, 4 * n).reshape(4, -1) for d, n in zip(draws, sizes[1:])]
    h, y = answer(noise)
    reward = -np.sum((target - y) ** 2, 1)
    success = reward - expected
    expected = expected + success / tau
    if step % 500 == 0:
        figures['reward'][step] = reward.mean()
    for k, r in enumerate((x, h)):
        push = success[:, None] * noise[k]
        W[k] = W[k] + rate * push.T @ r / 4
        b[k] = b[k] + rate * push.mean(0)
figures['test loss'] = 0.5 * np.sum((target - answer((0, 0))[1]) ** 2) / 4
for k in range(2):
    figures[f'norm(W)[{k}]'] = np.linalg.norm(W[k])
tell(__file__, figures)
