"""A double ring of head direction cells (Xie, Hahnloser and Seung, 2002) with NumPy; writes the figures beside this file. Options: cells."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

(n,) = asked(cells=64)

shift = np.radians(20)
angle = 2 * np.pi * np.arange(n) / n
apart = angle[:, None] - angle
left_to = (4 * np.cos(apart - shift) - 4) / n
right_to = (4 * np.cos(apart + shift) - 4) / n
left, right = np.zeros(n), np.zeros(n)
figures = {'left.rate': {}, 'right.rate': {}, 'sine': {}}
for step in range(2000):
    cue, turn = (0.5 if step < 300 else 0), (0.1 if step >= 1000 else 0)
    heard = left_to @ left + right_to @ right + 1 + cue * np.cos(angle)
    left = left + 1 / 80 * (np.maximum(heard + turn, 0) - left)
    right = right + 1 / 80 * (np.maximum(heard - turn, 0) - right)
    both = left + right
    x, y = both @ np.cos(angle), both @ np.sin(angle)
    if step % 500 == 0:
        figures['left.rate'][step] = left.tolist()
        figures['right.rate'][step] = right.tolist()
    if step % 100 == 0 and step >= 1100:
        figures['sine'][step] = y / np.hypot(x, y)
figures['cosine'] = x / np.hypot(x, y)
tell(__file__, figures)
