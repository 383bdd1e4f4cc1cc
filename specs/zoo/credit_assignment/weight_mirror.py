"""The weight mirror (Akrout et al., 2019) with NumPy: the mirror mode; writes the figures beside this file. Options: steps, seed."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

steps, seed = asked(steps=500, seed=1)

sizes, sigma = [6, 6, 2], 0.1
draws = [Stream('h[0] normal', seed), Stream('h[1] normal', seed)]
W = [0.5 * np.sin(1 + 3.1 * np.arange(n)[:, None] + 1.7 * np.arange(m)) for m, n in zip(sizes, sizes[1:])]
B = [0.5 * np.cos(2 + 1.3 * np.arange(m)[:, None] + 2.9 * np.arange(n)) for m, n in zip(sizes, sizes[1:])]


def angle(a, c):
    a, c = a / np.linalg.norm(a), c / np.linalg.norm(c)
    return np.degrees(2 * np.arctan2(np.linalg.norm(a - c), np.linalg.norm(a + c)))

figures = {'angle(W, B)[1]': {}, 'angle(W, B)[2]': {}}
for step in range(steps):
    for i in range(2):
        noise = sigma * draws[i].normal(step, 4 * sizes[i]).reshape(4, -1)
        answer = np.tanh(noise @ W[i].T)
        B[i] = B[i] + 0.5 * (noise.T @ answer / 4 - sigma**2 * B[i])
        if step % 50 == 0:
            figures[f'angle(W, B)[{i + 1}]'][step] = angle(W[i], B[i].T)
for i in range(2):
    figures[f'ratio(B, W[1..2])[{i}]'] = np.linalg.norm(B[i]) / np.linalg.norm(W[i])
tell(__file__, figures)
