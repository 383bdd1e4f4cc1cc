"""Hopfield's network of graded neurons (1984) with NumPy; writes the figures beside this file. Options: cells, gain."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

n, gain = asked(cells=60, gain=4.0)

i, k = np.mgrid[:n, :3]
pattern = np.where(np.sin(78.233 * (i + 1) * (k + 1) + 12.9898 * k**2) > 0, 1, -1)
spoilt = pattern[:, 0] * np.where(np.arange(n) % 5 == 0, -1, 1)
T = pattern @ pattern.T / n
np.fill_diagonal(T, 0)
u = np.zeros(n)
figures = {'overlap': {}, 'energy': {}, 'neuron.u': {}}
for step in range(1500):
    shown = spoilt if step < 500 else 0
    u = u + 0.01 * (T @ np.tanh(gain * u) + shown - u)
    v = np.tanh(gain * u)
    integral = (v * np.arctanh(v) + 0.5 * np.log(1 - v**2)) / gain
    overlap, energy = np.mean(v * pattern[:, 0]), -0.5 * v @ T @ v + integral.sum()
    if step % 20 == 0:
        figures['overlap'][step], figures['energy'][step] = overlap, energy
    if step % 100 == 0:
        figures['neuron.u'][step] = u.tolist()
figures['inside'] = integral.sum()
tell(__file__, figures)
