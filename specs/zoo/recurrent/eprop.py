"""e-prop (Bellec et al., 2020) with NumPy, from the paper's equations; writes the figures beside this file. Options: cells, beta, steps."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

n, beta, steps = asked(cells=100, beta=0.3, steps=2001)
m, rate = 20, 1e-4
alpha, rho = 0.951229424500714, 0.995012479192682
post, pre = np.mgrid[:n, :m]
I = 0.4 * np.sin(1 + 3.17 * post + 1.29 * pre)
post, pre = np.mgrid[:n, :n]
W = 0.14 * np.sin(2 + 2.33 * post + 0.71 * pre)
np.fill_diagonal(W, 0)
O, B = 0.1 * np.cos(3.3 * np.arange(n)), np.cos(3.3 * np.arange(n))
group = np.arange(m) // 4
nmse = 0
figures = {'nmse': {}}
for step in range(steps):
    moment = step % 1000
    if moment == 0:
        v, a, z, y = np.zeros(n), np.zeros(n), np.zeros(n), 0
        x_bar, z_bar, z_out = np.zeros(m), np.zeros(n), np.zeros(n)
        adapt = {'I': np.zeros((n, m)), 'W': np.zeros((n, n))}
        kept = {'I': np.zeros((n, m)), 'W': np.zeros((n, n))}
    x = (group == moment // 200) * (moment % 10 == 0)
    # z is of the step before here.
    z_bar = alpha * z_bar + z
    x_bar = alpha * x_bar + x
    v = alpha * v + W @ z + I @ x - 0.6 * z
    a = rho * a + z
    over = v - 0.6 - beta * a
    psi = 0.3 / 0.6 * np.maximum(0, 1 - np.abs(over) / 0.6)
    z = (over > 0) * 1.0
    y = alpha * y + O @ z
    z_out = alpha * z_out + z
    angle = 2 * np.pi * moment / 1000
    target = 0.5 * np.sin(angle + 0.4) + 0.7 * np.sin(2 * angle + 1.9)
    target += 0.4 * np.sin(3 * angle + 4) + 0.6 * np.sin(5 * angle + 2.7)
    short = target - y
    nmse = nmse + (short**2 / 0.63 - nmse) / 1000
    if moment == 0:
        figures['nmse'][step] = nmse
    told = B * short
    for name, bar in (('I', x_bar), ('W', z_bar)):
        e = psi[:, None] * (bar - beta * adapt[name])
        adapt[name] = rho * adapt[name] + e
        kept[name] = alpha * kept[name] + e
    I = I + rate * told[:, None] * kept['I']
    change = rate * told[:, None] * kept['W']
    np.fill_diagonal(change, 0)
    W = W + change
    O = O + rate * short * z_out
figures |= {'norm(W)': np.linalg.norm(W), 'norm(O)': np.linalg.norm(O), 'O': O.tolist()}
tell(__file__, figures)
