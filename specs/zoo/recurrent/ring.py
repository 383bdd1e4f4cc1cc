"""A ring of orientation columns (Ben-Yishai, Bar-Or and Sompolinsky, 1995) with NumPy; writes the figures beside this file."""
import json
import pathlib
import numpy as np

n, J0, J2, contrast, tuning = 60, -17.2, 11.2, 3, 0.1
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
pathlib.Path(__file__).with_suffix('.json').write_text(json.dumps(figures, indent=1) + '\n')
