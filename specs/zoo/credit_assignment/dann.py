"""Dale's artificial neural networks (Cornford et al., 2021) with PyTorch's automatic differentiation; writes the figures beside this file.
Options: hidden, others, steps."""
import pathlib
import sys
import numpy as np
import torch

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

torch.set_default_dtype(torch.float64)
n, m, steps = asked(hidden=6, others=2, steps=50)
x = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
y = torch.eye(2)[[0, 1, 1, 0]]
weight = lambda a, p, q, post, pre: torch.tensor(
    np.abs(np.sin(a + p * np.arange(post)[:, None] + q * np.arange(pre))), requires_grad=True
)
full = lambda value, *shape: torch.full(shape, float(value), requires_grad=True)
layers = [
    dict(E=weight(1, 3.1, 1.7, n, 2), X=weight(2, 2.3, 1.1, m, 2), I=full(1 / m, n, m)),
    dict(E=weight(3, 1.9, 2.7, n, n), X=weight(4, 1.3, 2.9, m, n), I=full(1 / m, n, m)),
    dict(E=weight(5, 3.7, 1.2, 2, n), X=weight(6, 2.1, 1.6, 1, n), I=full(1, 2, 1)),
]
for each in layers:
    post, pre = each['I'].shape
    each |= {'g': full(1, post), 'b': full(0.1, post), 'alpha': full(0, pre)}


def loss_now():
    below = x
    for k, w in enumerate(layers):
        inhibitory = below @ w['X'].T
        net = below @ w['E'].T - inhibitory @ w['I'].T
        shunt = (torch.exp(w['alpha']) * inhibitory) @ w['I'].T
        z = w['g'] * net / (shunt + 1e-3) + w['b']
        below = torch.relu(z) if k < 2 else z
    return -(y * torch.log_softmax(below, 1)).sum() / 4


for step in range(steps):
    loss = loss_now()
    everything = [(name, w) for each in layers for name, w in each.items()]
    slopes = torch.autograd.grad(loss, [w for _, w in everything])
    with torch.no_grad():
        for (name, w), slope in zip(everything, slopes):
            w -= (0.1 if name in 'Egb' else 0.02) * slope
            if name in 'EXI':
                w.clamp_(min=0)
figures = {'loss': loss.item(), 'test loss': loss_now().item()}
figures |= {f'norm(first.{name})': layers[0][name].norm().item() for name in 'EXI'}
tell(__file__, figures)
