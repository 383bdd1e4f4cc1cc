"""Target propagation (Bengio, 2014) with NumPy, from the paper's equations; writes the figures beside this file. Options: hidden."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

n, = asked(hidden=8)
x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
y = np.eye(2)[[0, 1, 1, 0]]
table = lambda a, p, q, n, m: 0.5 * np.sin(a + p * np.arange(n)[:, None] + q * np.arange(m))
W = [table(1, 3.1, 1.7, n, 2), table(2, 2.3, 1.1, n, n), table(4, 1.3, 2.9, 2, n)]
b = [np.zeros(n), np.zeros(n), np.zeros(2)]
V, c = table(3, 1.9, 2.7, n, n), np.zeros(n)
inverse = lambda above: np.tanh(above @ V.T + c)


def forward():
    first = np.tanh(x @ W[0].T + b[0])
    second = np.tanh(first @ W[1].T + b[1])
    z = np.exp(second @ W[2].T + b[2])
    return first, second, z / z.sum(1, keepdims=True)


figures = {"loss": {}}
for step in range(5000):
    first, second, out = forward()
    if step % 200 == 0:
        figures['loss'][step] = -np.sum(y * np.log(out)) / 4
    e = y - out
    goal = second + e @ W[2]
    push = [(inverse(goal) - first) * (1 - first**2), (goal - second) * (1 - second**2), e]
    back = inverse(second)
    mend = (first - back) * (1 - back**2)
    V, c = V + 0.2 * mend.T @ second / 4, c + 0.2 * mend.mean(0)
    if step >= 2000:
        W = [w + 0.1 * p.T @ s / 4 for w, p, s in zip(W, push, (x, first, second))]
        b = [k + 0.1 * p.mean(0) for k, p in zip(b, push)]
figures |= {'norm(A)': np.linalg.norm(W[0]), 'norm(V)': np.linalg.norm(V)}
figures['test loss'] = -np.sum(y * np.log(forward()[2])) / 4
tell(__file__, figures)
