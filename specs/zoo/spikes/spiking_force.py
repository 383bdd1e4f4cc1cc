"""FORCE training of spiking cells (Nicola and Clopath, 2017) with NumPy, from the paper's equations; writes the figures beside this file.
Options: cells, g, q, alpha, steps."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

n, g, q, alpha, steps = asked(cells=60, g=40.0, q=30.0, alpha=0.1, steps=1201)
dt = 0.5  # ms
i, j = np.mgrid[:n, :n]
own = np.arange(n)
J = g / np.sqrt(n) * np.sin(3.3 * j + 1.7 * i + i * j)
F = q * np.cos(2.2 * own)
P, R = np.eye(n) * alpha, np.zeros(n)
v, rise, r, z = -50 + 15 * np.sin(7 * own), np.zeros(n), np.zeros(n), 0.0
waits = np.zeros(n, int)  # steps until a cell may fire again
figures = {'wrong': {}}
for step in range(steps):
    current, gain, answer = J @ r + F * z, P @ r, R @ r
    held = waits > 0
    v = np.where(held, v, v + dt / 10 * (-40 - v + current))
    fires = (v > -40) & ~held
    v = np.where(fires, -65, v)
    waits = np.where(fires, 3, np.maximum(waits - 1, 0))
    r, rise = r + dt / 2 * (rise - r), rise - dt / 20 * rise + fires
    short = np.sin(2 * np.pi * 5 * step * dt * 1e-3) - answer
    # The measure of weights is of them after the step.
    if step % 5 == 0 and step >= 800:
        k = gain / (1 + r @ gain)
        R, P = R + short * k, P - np.outer(k, gain)
    z = answer
    if step % 50 == 0:
        figures['wrong'][step] = abs(short)
figures |= {'norm(R)': np.linalg.norm(R), 'R': [R.tolist()], 'unit.r': r.tolist()}
tell(__file__, figures)
