"""The self-organising map (Kohonen, 1982) with NumPy; writes the figures beside this file. Options: side, begin, until, steps, seed."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

side, begin, until, steps, seed = asked(side=8, begin=3.0, until=0.5, steps=4000, seed=1)
unit, axis = np.mgrid[: side * side, :2]
W = 0.5 + 0.1 * np.sin(1 + 12 * unit + 5 * axis)
grid = np.array(np.unravel_index(np.arange(side * side), (side, side))).T
error = 0.1  # its running mean
draws = Stream('x uniform', seed)
for step in range(steps):
    x = draws.uniform(step, 2)
    distance = ((W - x) ** 2).sum(1)
    error += (distance.min() - error) / 100
    winner = distance.argmin()
    reach = begin * (until / begin) ** (step / steps)
    h = np.exp(-((grid - grid[winner]) ** 2).sum(1) / (2 * reach**2))
    W += 0.5 * 0.02 ** (step / steps) * h[:, None] * (x - W)
image = W.reshape(side, side, 2)
figures = {'miss': error, 'norm(N)': np.sqrt(((image[:, 1:] - image[:, :-1]) ** 2).sum()), 'W': W.ravel().tolist()}
tell(__file__, figures, indent=None)
