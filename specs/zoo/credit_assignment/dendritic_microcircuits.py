"""Dendritic microcircuits (Sacramento et al., 2018) with NumPy, from the paper's equations; writes the figures beside this file. Options: hidden, steps, apical."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

hidden, steps, apical = asked(hidden=5, steps=2000, apical=0.8)

leak, basal, nudge, dt = 0.1, 1.0, 0.8, 0.25
rate_W, rate_P, rate_V = 0.15, 0.1, 0.05
x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
target = np.eye(2)[[0, 1, 1, 0]]
sizes = [2, hidden, hidden, 2]
table = lambda a, p, q, n, m: np.sin(a + p * np.arange(n)[:, None] + q * np.arange(m))
phi = lambda u: 1 / (1 + np.exp(-u))
W = [table(1, 3.1, 1.7, sizes[k + 1], sizes[k]) for k in range(3)]
# For each hidden layer: from the layer above, from its interneurons, and to them.
Y = [table(2, 2.3, 1.1, sizes[k], sizes[k + 1]) for k in (1, 2)]
V = [table(4, 1.3, 2.9, sizes[k], sizes[k + 1]) for k in (1, 2)]
P = [table(3, 1.9, 2.7, sizes[k + 1], sizes[k]) for k in (1, 2)]
zeros = lambda layers: [np.zeros((4, sizes[k])) for k in layers]
u, guess = zeros((1, 2, 3)), zeros((1, 2, 3))
u_I, guess_I = zeros((2, 3)), zeros((2, 3))
top, lateral = zeros((1, 2)), zeros((1, 2))  # what arrives a step late
total = leak + basal + nudge
figures = {name: {} for name in ('loss', 'rest', 'norm(W)', 'norm(P)', 'norm(V)')}
norm = lambda parts: np.sqrt(sum(np.sum(w**2) for w in parts))


def nudged(u, guess, drive, partner):
    du = basal * (drive - u) + nudge * (partner - u) - leak * u
    dguess = total * (basal / (leak + basal) * drive - guess)
    return u + dt * du, guess + dt * dguess


for step in range(steps):
    before, r, v_A = [each.copy() for each in u], [x], []
    for k in range(2):
        drive, v = r[k] @ W[k].T, top[k] + lateral[k]
        v_A.append(v)
        guess[k] = guess[k] + dt * (basal * drive - (leak + basal + apical) * guess[k])
        u[k] = u[k] + dt * (basal * (drive - u[k]) + apical * (v - u[k]) - leak * u[k])
        r.append(phi(u[k]))
    u[2], guess[2] = nudged(u[2], guess[2], r[2] @ W[2].T, target)
    r.append(phi(u[2]))
    for k in range(2):
        u_I[k], guess_I[k] = nudged(u_I[k], guess_I[k], r[k + 1] @ P[k].T, before[k + 1])
    loss = 0.5 * np.sum((target - guess[2]) ** 2) / 4
    dW = [(r[k + 1] - phi(guess[k])).T @ r[k] / 4 for k in range(3)]
    dP = [(phi(u_I[k]) - phi(guess_I[k])).T @ r[k + 1] / 4 for k in range(2)]
    dV = [-v_A[k].T @ phi(u_I[k]) / 4 for k in range(2)]
    # What is sent now is weighted when it arrives.
    W = [w + rate_W * d for w, d in zip(W, dW)]
    P = [w + rate_P * d for w, d in zip(P, dP)]
    V = [w + rate_V * d for w, d in zip(V, dV)]
    top = [r[k + 2] @ Y[k].T for k in range(2)]
    lateral = [phi(u_I[k]) @ V[k].T for k in range(2)]
    if step % 200 == 0 and step > 0:
        values = (loss, np.mean(np.abs(v_A)), norm(W), norm(P), norm(V))
        for name, value in zip(figures, values):
            figures[name][step] = value
for name, parts in (('W', W), ('P', P), ('V', V)):
    for k, part in enumerate(parts):
        figures[f'norm({name})[{k}]'] = norm([part])
tell(__file__, figures)
