"""The self-organising recurrent network of Lazar, Pipa and Triesch (2009) with 60 excitatory cells in 1500 steps, with NumPy, from the
paper's equations; writes the figures beside this file. Options: cells, repeats, eta, eta_ip, seed."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

n, repeats, eta, eta_ip, seed = asked(cells=60, repeats=6, eta=0.001, eta_ip=0.001, seed=1)
m, goal, rate = n // 5, 0.1, 0.02
table = lambda post, pre, make: make(*np.mgrid[:post, :pre].astype(float))
joined = table(n, n, lambda j, i: (np.sin(1 + 1.7 * i**2 + 2.3 * j**2 + i * j) > 0.8) & (i != j))
W = table(n, n, lambda j, i: 1.2 + np.sin(2.3 * i + 1.9 * j)) * joined
EI = table(m, n, lambda j, i: (1 + np.sin(3.1 * i + 1.7 * j)) / n)
IE = table(n, m, lambda j, i: 5 * (1 + np.sin(1.3 * i + 2.9 * j)) / n)
R = np.zeros((6, n))
theta, theta_i = Stream('init e uniform', seed).uniform(0, n), 0.5 * Stream('init i uniform', seed).uniform(0, m)
words = Stream('words bernoulli', seed)
own = np.arange(n) // 10
x, y, k, word = np.zeros(n), np.zeros(m), 0, 0
share, right, active, norms = 0.0, {}, {}, {}
for step in range(1500):
    if k > repeats:
        word, k = float(words.uniform(step, 1)[0] < 0.5), 0
    else:
        k += 1
    letter = 3 * word + (0 if k == 0 else 1 if k <= repeats else 2)
    before = x
    x, y = 1.0 * (W @ before - IE @ y + (own == letter) > theta), 1.0 * (EI @ before > theta_i)
    theta = theta + eta_ip * (x - goal)
    z = R @ before
    p = np.exp(z - z.max())
    p /= p.sum()
    target = np.arange(6) == letter
    if step < 1000:
        W = np.maximum(W + eta * joined * (np.outer(x, before) - np.outer(before, x)), 0)
        W = W / np.maximum(W.sum(1, keepdims=True), 1e-9)
    else:
        R = R + rate * np.outer(target - p, before)
    share = share + 0.001 * ((target * (p >= p.max())).sum() - share)
    right[step], active[step], norms[step] = share, x.mean(), np.linalg.norm(W)
some = lambda values: {step: values[step] for step in range(0, 1500, 100)}
figures = {
    'norm(R)': np.linalg.norm(R),
    'right': some(right),
    'active': some(active),
    'norm(W)': some(norms),
    'e.theta': theta.tolist(),
    'R': R.tolist(),
}
tell(__file__, figures)
