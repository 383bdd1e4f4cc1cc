"""The patterns of Izhikevich (2003) with Brian2, by Euler's method; writes the figures beside this file.
Options: drive, the current, and onset (ms), when it begins."""
import pathlib
import sys
from brian2 import NeuronGroup, SpikeMonitor, defaultclock, ms, prefs, run
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

drive, onset = asked(drive=10.0, onset=50.0)
prefs.codegen.target = 'numpy'
kinds = {
    'regular': (0.02, 0.2, -65, 8),
    'bursting': (0.02, 0.2, -55, 4),
    'chattering': (0.02, 0.2, -50, 2),
    'fast': (0.1, 0.2, -65, 2),
    'low_threshold': (0.02, 0.25, -65, 2),
    'resonator': (0.1, 0.26, -65, 2),
}
defaultclock.dt = 0.25 * ms
cells = NeuronGroup(
    6,
    '''dv/dt = (0.04 * v**2 + 5 * v + 140 - u + drive * int(t >= (onset - 0.001) * ms)) / ms : 1
       du/dt = a * (b * v - u) / ms : 1
       a : 1
       b : 1
       c : 1
       d : 1''',
    threshold='v >= 30',
    reset='v = c; u += d',
    method='euler',
)
for name, column in zip('abcd', np.array(list(kinds.values())).T):
    setattr(cells, name, column)
cells.v = -70
cells.u = 'b * -70'
spikes = SpikeMonitor(cells)
run(1050.25 * ms)
steps = np.round(np.array(spikes.t / ms) / 0.25).astype(int)
figures = {}
for i, name in enumerate(kinds):
    own = steps[np.array(spikes.i) == i]
    if name != 'fast':  # the last bit decides when it spikes, after a while
        figures[f'times({name}.s)'] = [[int(step), 0] for step in own]
    # After 0.7 s, up to 1.05 s.
    figures[name] = int(((own > 2800) & (own <= 4200)).sum()) / 0.35
tell(__file__, figures, None)
