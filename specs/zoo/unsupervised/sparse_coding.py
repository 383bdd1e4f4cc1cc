"""The LASSO problem that the algorithm of Rozell et al. (2008) solves, by coordinate descent (Friedman et al., 2007), with NumPy; and the
number of active units on the way. Writes the figures beside this file. Options: inputs, elements, threshold."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

inputs, elements, threshold = asked(inputs=32, elements=64, threshold=0.1)
i, k = np.mgrid[:inputs, :elements]
D = np.sign(np.sin(1 + 7.3 * k + 2.1 * i + 0.37 * k * i)) / np.sqrt(inputs)
s = np.zeros(elements)
s[[5, 22, 41, 60]] = [1, -0.8, 0.6, 1.2]
x = D @ s
shrink = lambda u: np.sign(u) * np.maximum(np.abs(u) - threshold, 0)
a = np.zeros(elements)
for sweep in range(20_000):
    for j in range(elements):
        a[j] = shrink(D[:, j] @ (x - D @ a) + a[j])
    if sweep > 10 and np.abs(before - a).max() < 1e-15:
        break
    before = a.copy()
wrong = ((x - D @ a) ** 2).sum() / (x**2).sum()
figures = {'active': int((a != 0).sum()), 'wrong': wrong, 'a.a': {999: a.tolist()}}
tell(__file__, figures)
