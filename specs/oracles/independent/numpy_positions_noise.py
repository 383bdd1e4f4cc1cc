"""Noise `xi` in an Ornstein-Uhlenbeck process, step by step from the same draws, and how many synapses join cells at each
distance where their probability falls with it, both written out in NumPy, in double precision.

    python3 numpy_positions_noise.py

writes `../sparse/fixtures/noise.json` (in mV, after every step) and `../sparse/fixtures/distances.json` (of each distance: its length in um, how many ordered
pairs of different cells are so far apart, the expected number of synapses and its variance).
"""

import json
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "zoo"))
from ccn_random import Stream  # noqa: E402

TAU, SIGMA, CELLS, STEPS = 20e-3, 2.0, 6, 12


def noise(solver, step):
    """tau dv/dt = -v + sigma sqrt(2 tau) xi, v in mV."""
    draws = Stream("a normal", seed=3)
    v = np.zeros(CELLS)
    found = []
    for k in range(STEPS):
        normal = draws.normal(k, CELLS)
        if solver == "euler":
            v = v - step / TAU * v + SIGMA * np.sqrt(2 * step / TAU) * normal
        else:
            kept = np.exp(-step / TAU)
            v = kept * v + SIGMA * np.sqrt(1 - kept**2) * normal
        found.append(v.tolist())
    return found


def distances(rows, columns, spacing, periodic, chance):
    """Of all ordered pairs of different cells of a grid."""
    y, x = np.divmod(np.arange(rows * columns), columns)
    across = np.abs(x[:, None] - x[None, :])
    down = np.abs(y[:, None] - y[None, :])
    if periodic:
        across = np.minimum(across, columns - across)
        down = np.minimum(down, rows - down)
    d = spacing * np.sqrt(across**2 + down**2)
    d = d[~np.eye(len(d), dtype=bool)]
    lengths, pairs = np.unique(np.round(d, 6), return_counts=True)
    p = np.minimum(chance(lengths), 1)
    return np.stack([lengths, pairs, pairs * p, pairs * p * (1 - p)], 1).round(9).tolist()


CHANCES = {
    "exp(-distance / 30 um)": lambda d: np.exp(-d / 30),
    "0.8 * exp(-(distance / 25 um) ^ 2)": lambda d: 0.8 * np.exp(-((d / 25) ** 2)),
}

if __name__ == "__main__":
    with open(os.path.join(HERE, "..", "sparse", "fixtures", "noise.json"), "w") as file:
        json.dump(
            [
                {"solver": solver, "step": step, "v": noise(solver, step)}
                for solver in ("euler", "exponential_euler")
                for step in (0.1e-3, 1e-3, 10e-3)
            ],
            file,
        )
    with open(os.path.join(HERE, "..", "sparse", "fixtures", "distances.json"), "w") as file:
        json.dump(
            [
                {
                    "chance": text,
                    "rows": rows,
                    "columns": columns,
                    "periodic": periodic,
                    "distances": distances(rows, columns, 10, periodic, chance),
                }
                for text, chance in CHANCES.items()
                for rows, columns in ((12, 18), (1, 150))
                for periodic in (False, True)
            ],
            file,
        )
