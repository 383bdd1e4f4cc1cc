"""The minimal triplet rule of Pfister and Gerstner (2006), as sums over all pairs and triplets of spikes, with NumPy; writes the figures beside this file.
Options: a_plus, a_minus, tau_y (ms), pairs."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

a_plus, a_minus, tau_y, pairs = asked(a_plus=6.5e-3, a_minus=7.1e-3, tau_y=114.0, pairs=60)
tau_plus, tau_minus = 16.8, 33.7
weights = []
for late_pre, late_post in ((2, 12), (12, 2)):
    for period in (100, 50, 40, 25, 20):
        pre = late_pre + period * np.arange(float(pairs))
        post = late_post + period * np.arange(float(pairs))
        w = 1.0
        for t in post:
            before, own = pre[pre <= t], post[post < t]
            w += a_plus * np.exp((before - t) / tau_plus).sum() * np.exp((own - t) / tau_y).sum()
        for t in pre:
            w -= a_minus * np.exp((post[post < t] - t) / tau_minus).sum()
        weights.append(w)
change = np.array(weights) - 1
names = {'slow': 0, 'quick': 4, 'backwards': 5, 'backwards_quick': 9}
figures = {'W': weights} | {name: change[k] for name, k in names.items()}
tell(__file__, figures)
