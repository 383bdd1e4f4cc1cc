"""Anti-Hebbian learning of lines (Foldiak, 1990) with NumPy; writes the figures beside this file. Options: p, seed, patterns."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

p, seed, patterns = asked(p=0.125, seed=1, patterns=1600)
lines = np.zeros((16, 8, 8))
for k in range(8):
    lines[k, k, :] = lines[8 + k, :, k] = 1
lines = lines.reshape(16, 64)
unit, pixel = np.mgrid[:16, :64]
Q = 0.2 * np.sin(1 + 5 * pixel + 3 * unit) ** 2
W = np.zeros((16, 16))  # inhibition
theta, u, right = np.ones(16), np.zeros(16), 0.0
draws = Stream('line bernoulli', seed)
for pattern in range(patterns):
    alpha, beta, gamma = (0, 0, 0.1) if pattern < 100 else (0.1, 0.02, 0.02)
    shown = draws.uniform(20 * pattern, 16) < p
    x = np.minimum(shown @ lines, 1)
    for _ in range(20):
        u = u + 0.25 * (1 / (1 + np.exp(-10 * (Q @ x - W @ u - theta))) - u)
    y = (u > 0.5).astype(float)
    Q += beta * y[:, None] * (x - Q)
    W = np.maximum(W + alpha * (np.outer(y, y) - p**2), 0)
    np.fill_diagonal(W, 0)
    theta += gamma * (y - p)
    right += 0.01 * (float(y.sum() == shown.sum()) - right)
figures = {'right': right, 'norm(Q)': np.linalg.norm(Q), 'norm(W)': np.linalg.norm(W), 'y.theta': theta.tolist(), 'W': W.ravel().tolist()}
tell(__file__, figures, indent=None)
