"""Synapses with a cascade of states (Fusi, Drew and Abbott, 2005) with NumPy, from the paper's equations; writes the figures beside this
file. Options: synapses, depths, x, seed."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

n, depths, x, seed = asked(synapses=300, depths=10, x=0.5, seed=1)
strong = np.floor(2 * Stream('init W', seed).uniform(0, n)) == 1
depth = 1 + np.floor(depths * Stream('init  uniform', seed).uniform(0, n))
asks, turns, deepens = [
    Stream(name, seed) for name in ('target bernoulli', 'W rule bernoulli', 'W rule bernoulli 2')
]
figures = {'signal': {}}
for step in range(101):
    wish = asks.uniform(step, n) < 0.5
    if step == 0:
        memory = wish
    if step % 10 == 0:
        figures['signal'][step] = np.mean(np.where(memory == strong, 1, -1))
    seen = np.mean(np.where(strong, 1, -1))
    # Chances to leave a state when the other strength is asked for, and to go deeper when this one is.
    last = depth == depths
    leave = np.where(last, x ** (depth - 1) / (1 - x), x ** (depth - 1))
    deeper = np.where(last, 0, x**depth / (1 - x))
    turned = (wish != strong) & (turns.uniform(step, n) < leave)
    down = (wish == strong) & (deepens.uniform(step, n) < deeper)
    strong = strong ^ turned
    depth = np.where(turned, 1, depth + down)
figures |= {'strong': seen, 'W': np.where(strong, 1, -1).tolist(), 'W.depth': depth.tolist()}
tell(__file__, figures)
