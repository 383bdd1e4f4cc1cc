"""Firing patterns of the adaptive exponential model (Naud et al., 2008) with NumPy; writes the figures beside this file.
Options: slope (mV) of the exponential, more (pA) of every current."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

# C (pF), g (nS), E (mV), a (nS), tau (ms), b (pA), reset (mV), current (pA)
sets = {
    'tonic': (200, 10, -70, 2, 30, 0, -58, 500),
    'adapting': (200, 12, -70, 2, 300, 60, -58, 500),
    'initial': (130, 18, -58, 4, 150, 120, -50, 400),
    'bursting': (200, 10, -58, 2, 120, 100, -46, 210),
    'delayed': (200, 12, -70, -10, 300, 0, -58, 300),
}
slope, more = asked(slope=2.0, more=0.0)
dt, steps = 0.02, 20_001
figures = {}
for name, (C, g, E, a, tau, b, reset, current) in sets.items():
    v, w, spikes = float(E), 0.0, []
    for step in range(steps):
        dv = (-g * (v - E) + g * slope * np.exp(min(v + 50, 60) / slope) - w + current + more) / C
        dw = (a * (v - E) - w) / tau
        v, w = v + dt * dv, w + dt * dw
        if v > 0:
            spikes.append(step)
            v, w = reset, w + b
    if spikes:
        figures[f'times({name}.s)'] = [[step, 0] for step in spikes]
    figures[name] = sum(15_000 < step <= 20_000 for step in spikes) / 0.1
tell(__file__, figures, None)
