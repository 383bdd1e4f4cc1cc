"""A network of excitatory and inhibitory cells trained through time (Song, Yang and Wang, 2016) with PyTorch's automatic differentiation;
writes the figures beside this file. Options: cells, others, trials."""
import pathlib
import sys
import numpy as np
import torch

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

torch.set_default_dtype(torch.float64)
n, m, trials = asked(cells=6, others=2, trials=50)
given = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
wanted = torch.tensor([[0.0], [1], [1], [0]])


def weight(size, a, p, q, post, pre):
    table = np.abs(np.sin(a + p * np.arange(post)[:, None] + q * np.arange(pre)))
    return torch.tensor(size * table, requires_grad=True)


EE, IE = weight(0.2, 1, 3.1, 1.7, n, n), weight(0.2, 2, 2.3, 1.1, m, n)
EI, II = weight(0.4, 3, 1.9, 2.7, n, m), weight(0.4, 4, 1.3, 2.9, m, m)
UE, UI = weight(1, 5, 3.7, 1.2, n, 2), weight(1, 6, 2.1, 1.6, m, 2)
O = weight(0.5, 7, 1.4, 2.2, 1, n)
for square in (EE, II):
    square.data.fill_diagonal_(0)
biases = [torch.zeros(size, requires_grad=True) for size in (n, m, 1)]
weights = [EE, IE, EI, II, UE, UI, O]
figures = {'loss': {}}
for trial in range(trials):
    e, i, total = torch.zeros(4, n), torch.zeros(4, m), 0
    for step in range(10):
        re, ri = torch.relu(e), torch.relu(i)
        z = re @ O.T + biases[2]
        loss = 0.5 * ((wanted - z) ** 2).sum() / 4
        total = total + loss
        if step == 0:
            figures['loss'][trial * 10] = loss.item()
        e = e + 0.2 * (re @ EE.T - ri @ EI.T + given @ UE.T + biases[0] - e)
        i = i + 0.2 * (re @ IE.T - ri @ II.T + given @ UI.T + biases[1] - i)
    for each in weights + biases:
        each.grad = None
    total.backward()
    for square in (EE, II):
        square.grad.fill_diagonal_(0)
    torch.nn.utils.clip_grad_norm_(weights + biases, 1)
    with torch.no_grad():
        for each in weights + biases:
            each -= 0.05 * each.grad
        for each in weights:
            each.clamp_(min=0)
figures |= {'EE': EE.tolist(), 'IE': IE.tolist(), 'norm(EE)': EE.norm().item(), 'norm(O)': O.norm().item()}
tell(__file__, figures)
