"""A ring of orientation columns (Ben-Yishai, Bar-Or and Sompolinsky, 1995) with NumPy; writes the figures beside this file. Options: cells, contrast."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

n, contrast = asked(cells=60, contrast=3.0)

J0, J2, tuning = -17.2, 11.2, 0.1
angle = np.radians(180 * np.arange(n) / n)
J = (J0 + J2 * np.cos(2 * (angle[:, None] - angle))) / n
drive = contrast * (1 - tuning + tuning * np.cos(2 * (angle - np.radians(45))))
m = np.zeros(n)
figures = {'column.rate': {}}
for step in range(600):
    m = m + 0.1 * (np.maximum(drive + J @ m - 1, 0) - m)
    if step % 200 == 0:
        figures['column.rate'][step] = m.tolist()
x, y = m @ np.cos(2 * angle), m @ np.sin(2 * angle)
figures |= {'peak': m.max(), 'active': np.mean(m > 1e-6), 'sine': y / np.hypot(x, y)}
tell(__file__, figures)
