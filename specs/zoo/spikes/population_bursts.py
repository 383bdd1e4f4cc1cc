"""The network with dynamic synapses of Tsodyks, Uziel and Markram (2000) in 0.2 s, with NumPy, from the paper's equations; writes the
figures beside this file. Options: cells, recovery (ms), seed."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

# In ms and mV.
n, recovery, seed = asked(cells=400, recovery=800.0, seed=1)
h, m, steps = 0.1, n // 4, 2001
decay = lambda tau: np.exp(-h / tau)
draw = lambda name, count: Stream(name, seed).uniform(0, count)


def joined(post, pre, k):
    j, i = np.mgrid[:post, :pre].astype(float)
    return np.sin(k + 1.7 * i**2 + 2.3 * j**2 + i * j) > 0.951


class Cells:
    def __init__(self, name, count, pause, drive):
        self.pause, self.drive = pause, 14.625 + 0.75 * draw(drive, count)
        self.v, self.current, self.last = 15 * draw(f'init {name} uniform', count), np.zeros(count), np.full(count, -1000)

    def step(self, step, arrives):
        free = step - self.last >= self.pause
        goal = self.current + self.drive
        self.v = np.where(free, goal + (self.v - goal) * decay(30), self.v)
        fires = free & (self.v > 15)
        self.v[fires], self.last[fires] = 13.5, step
        self.current = self.current * decay(3) + arrives
        return fires


class Terminals:
    """Resources that are there (x) and in use (y), and the utilisation; with `facilitation` None it is U."""

    def __init__(self, count, U, recovery, facilitation):
        self.U, self.recovery, self.facilitation = U, recovery, facilitation
        self.x, self.y, self.u = np.ones(count), np.zeros(count), np.zeros(count)

    def sends(self, fires):
        x, y = self.x, self.y
        self.x, self.y = 1 - y + (x - 1 + y) * decay(self.recovery), y * decay(3)
        used = self.U
        if self.facilitation:
            self.u = self.u * decay(self.facilitation)
            used = self.u + self.U * (1 - self.u)
            self.u = np.where(fires, used, self.u)
        released = used * self.x * fires
        self.x, self.y = self.x - released, self.y + released
        return released


e, i = Cells('e', n, 30, 'init e.drive'), Cells('i', m, 20, 'init i.drive 2')
ee, ei = Terminals(n, 0.5, recovery, None), Terminals(n, 0.04, 100, 1000)
ie, ii = Terminals(m, 0.5, recovery, None), Terminals(m, 0.04, 100, 1000)
EE, EI, IE, II = joined(n, n, 1), joined(m, n, 2), joined(n, m, 3), joined(m, m, 4)
sent = [np.zeros(n), np.zeros(n), np.zeros(m), np.zeros(m)]
count, others, rates, watched, bursts, last = 0, 0, {}, 0.0, 0, -10000
fires_e = np.zeros(n)
for step in range(steps):
    by_e = (1.8 * (EE @ sent[0]) - 5.4 * (IE @ sent[2])) * 400 / n
    by_i = (7.2 * (EI @ sent[1]) - 7.2 * (II @ sent[3])) * 400 / n
    heard = fires_e.mean() / (h * 1e-3)
    fires_e, fires_i = e.step(step, by_e), i.step(step, by_i)
    sent = [ee.sends(fires_e), ei.sends(fires_e), ie.sends(fires_i), ii.sends(fires_i)]
    watched = heard + (watched - heard) * decay(2)
    if watched > 50 and step - last >= 1000:
        bursts, last = bursts + 1, step
    count, others = count + fires_e.mean(), others + fires_i.mean()
    if step % 50 == 0:
        if step > 0:
            rates[step], inhibitory = count / (50 * h * 1e-3), others / (50 * h * 1e-3)
        count, others = 0, 0
figures = {
    'rate': rates,
    'bursts': bursts,
    'inhibitory': inhibitory,
    'e.v': (e.v * 1e-3).tolist(),
    'i.v': (i.v * 1e-3).tolist(),
    'EE.x': ee.x.tolist(),
}
tell(__file__, figures, indent=None)
