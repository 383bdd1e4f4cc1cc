"""Deep feedback control (Meulemans et al., 2021, 2022) with NumPy, from the papers' equations; writes the figures beside this file.
Options: hidden, layers, seed, k_p, k_i, alpha."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

hidden, layers, seed, k_p, k_i, alpha = asked(
    hidden=8, layers=1, seed=1, k_p=0.2, k_i=0.5, alpha=0.1
)
sigma, rate, rate_Q, decay = 0.5, 0.2, 0.03, 0.01
shown, wait, settled = 30, 10, 25
sizes, phi = [2] + [hidden] * layers + [2], [np.tanh] * layers + [lambda z: z]
x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
y = np.eye(2)[[0, 1, 1, 0]]
table = lambda a, p, q, n, m: np.sin(a + p * np.arange(n)[:, None] + q * np.arange(m))
W = [0.8 * table(1, 3.1, 1.7, n, m) for m, n in zip(sizes, sizes[1:])]
Q = [0.1 * table(2, 2.3, 1.1, n, 2) for n in sizes[1:]]
b = [np.zeros(n) for n in sizes[1:]]
draws = [Stream(f'h[{k}] normal', seed) for k in range(layers)] + [Stream('y normal', seed)]
v, noise = ([np.zeros((4, n)) for n in sizes[1:]] for _ in range(2))
u, control, free = np.zeros((4, 2)), [np.zeros((4, n)) for n in sizes[1:]], np.zeros((4, 2))
figures = {'loss': {}, 'turned': {}}


def angle(a, c):
    a, c = a / np.linalg.norm(a), c / np.linalg.norm(c)
    return np.degrees(2 * np.arctan2(np.linalg.norm(a - c), np.linalg.norm(a + c)))


for step in range(9000):
    now, asleep = step % shown, step < 3000
    if now == 0:
        integral = np.zeros((4, 2))
    r, missed, pushed = [x], [], []
    for k in range(layers + 1):
        forward = r[k] @ W[k].T + b[k]
        xi = draws[k].normal(step, 4 * sizes[k + 1]).reshape(4, -1) if asleep else 0
        noise[k] = noise[k] - noise[k] / 5 + sigma * np.sqrt(10) * xi / 5
        pushed.append(control[k] + noise[k])
        v[k] = v[k] + (forward + pushed[k] - v[k]) / 2
        r.append(phi[k](v[k]))
        missed.append(r[k + 1] - phi[k](forward))
    if now == wait:
        free = v[-1]
    goal = free + (0 if asleep else 1) * (y - free)
    short = goal - v[-1] if now > wait else np.zeros((4, 2))
    integral = integral + (0 if asleep else k_i) * (short - alpha * integral)
    u = integral + k_p * short
    if step % 300 == 0 and step > 0:
        figures['loss'][step] = 0.5 * np.sum((y - free) ** 2) / 4
    for k in range(layers + 1):
        if asleep:
            against = -pushed[k].T @ u / 4 if now > wait else 0
            Q[k] = Q[k] + rate_Q * (against - decay * Q[k])
        elif now >= settled:
            W[k] = W[k] + rate * missed[k].T @ r[k] / 4
            b[k] = b[k] + rate * missed[k].mean(0)
    control = [u @ q.T for q in Q]
    if step % 300 == 0:
        figures['turned'][step] = angle(Q[-2], W[-1].T)
for k in range(layers + 1):
    figures[f'norm(W)[{k}]'] = np.linalg.norm(W[k])
    figures[f'norm(Q)[{k}]'] = np.linalg.norm(Q[k])
tell(__file__, figures)
