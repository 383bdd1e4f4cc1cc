"""The liquid state machine of Maass, Natschläger and Markram (2002) in five trials, with NumPy, from the paper's equations; writes the
figures beside this file. Options: jitter (ms), seed."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from ccn_random import Stream
from program import asked, tell

# In ms and mV.
jitter, seed = asked(jitter=4.0, seed=1)
h, n, m, steps, trial = 0.5, 100, 25, 2000, 400
decay = lambda tau: np.exp(-h / tau)


def joined(post, pre, k):
    j, i = np.mgrid[:post, :pre].astype(float)
    return np.sin(k * i**2 + 3 * j**2) > 0.95


row, column = np.divmod(np.arange(n), 10)
near = np.hypot(row[:, None] - row, column[:, None] - column) < 5
EE, EI, IE, II = 30 * (joined(n, n, 7) & near), 60 * joined(m, n, 8), 19 * joined(n, m, 9), 19 * joined(m, m, 6)
j, i = np.mgrid[:n, :4].astype(float)
X = 18 * (1 + np.sin(1 + 2.1 * i + 1.3 * j))


class Cells:
    def __init__(self, name, count, pause):
        self.v = 13.5 + 1.5 * Stream(f'init {name} uniform', seed).uniform(0, count)
        self.pause, self.last = pause, np.full(count, -1000)
        self.ie, self.ii, self.filtered = np.zeros(count), np.zeros(count), np.zeros(count)

    def step(self, step, exc, inh):
        goal = self.ie - self.ii + 13.5
        free = step - self.last >= self.pause
        self.v = np.where(free, goal + (self.v - goal) * decay(30), self.v)
        fires = free & (self.v > 15)
        self.v[fires], self.last[fires] = 13.5, step
        self.ie, self.ii = self.ie * decay(3) + exc, self.ii * decay(6) + inh
        self.filtered = self.filtered * decay(30) + fires
        return fires


class Terminals:
    def __init__(self, count, U, recovery, facilitation, late):
        self.U, self.recovery, self.facilitation = U, recovery, facilitation
        self.x, self.u, self.sent = np.ones(count), np.zeros(count), [np.zeros(count)] * late

    def arrives(self):
        return self.sent.pop(0)

    def sends(self, fires):
        self.x, self.u = 1 + (self.x - 1) * decay(self.recovery), self.u * decay(self.facilitation)
        used = self.u + self.U * (1 - self.u)
        released = used * self.x * fires
        self.x, self.u = self.x - released, np.where(fires, used, self.u)
        self.sent.append(released)


e, c = Cells('e', n, 6), Cells('i', m, 4)
ee, ei = Terminals(n, 0.5, 1100, 50, 3), Terminals(n, 0.05, 125, 1200, 2)
ie, ii = Terminals(m, 0.25, 700, 20, 2), Terminals(m, 0.32, 144, 60, 2)
moves = Stream('x normal', seed)
phase, R, share, moved = 6.28 * Stream('init x.phase', seed).uniform(0, 4), np.zeros(n), 0.5, np.zeros(4)
for step in range(steps):
    since = step % trial
    if since == 0:
        which, shown = [0, 1, 1, 0][step // trial % 4], np.zeros(4)
    due = 40 * (shown + 0.5 + 0.4 * np.sin(1 + 3.7 * shown + phase + 2.9 * (shown + 1) * which)) + moved
    sends = (since * h >= due) & (shown < 5)
    shown, moved = shown + sends, np.where(sends, jitter * moves.normal(step, 4), moved)
    by_e, by_i = EE @ ee.arrives(), EI @ ei.arrives()
    from_e, from_i = IE @ ie.arrives(), II @ ii.arrives()
    fires_e, fires_i = e.step(step, by_e + X @ sends, from_e), c.step(step, by_i, from_i)
    for terminals, fires in ((ee, fires_e), (ei, fires_e), (ie, fires_i), (ii, fires_i)):
        terminals.sends(fires)
    if since == trial - 1:
        p = 1 / (1 + np.exp(-(R @ e.filtered)))
        share = 0.98 * share + 0.02 * (which if p > 0.5 else 1 - which)
        R = R + 0.04 * (which - p) * e.filtered
figures = {'norm(R)': np.linalg.norm(R), 'R': R.tolist(), 'right': share, 'e.v': (e.v * 1e-3).tolist(), 'EE.x': ee.x.tolist()}
tell(__file__, figures, indent=None)
