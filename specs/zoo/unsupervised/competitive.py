"""Competitive learning of dipoles (Rumelhart and Zipser, 1985) with NumPy; writes the figures beside this file. Options: rate, steps,
seed."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

rate, steps, seed = asked(rate=0.05, steps=4000, seed=1)
pairs = [((r, c), (r, c + 1)) for r in range(4) for c in range(3)] + [((r, c), (r + 1, c)) for r in range(3) for c in range(4)]
patterns = np.zeros((24, 4, 4))
for pattern, pair in zip(patterns, pairs):
    for place in pair:
        pattern[place] = 1
patterns = patterns.reshape(24, 16)
unit, pixel = np.mgrid[:2, :16]
W = (1 + 0.2 * np.sin(1 + 5 * pixel + 3 * unit)) / 16
wins = np.zeros(2)
draws = Stream('chance uniform', seed)
for step in range(steps):
    x = patterns[int(24 * draws.uniform(step, 1)[0])]
    winner = np.argmax(W @ x)
    both, difference = patterns @ W.sum(0), patterns @ (W[0] - W[1])
    W[winner] += rate * (x / x.sum() - W[winner])
    wins[winner] += 1
figures = {'together': np.mean(np.abs(difference) / both), 'share': wins.min() / wins.sum(), 'W': W.ravel().tolist()}
tell(__file__, figures)
