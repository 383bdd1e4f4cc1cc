"""Spiking cells trained through time by surrogate gradients (Neftci, Mostafa and Zenke, 2019) with PyTorch's automatic differentiation, on
exclusive or in times of spikes: the loss of every one of 50 updates; writes the figures beside this file. Options: hidden, steep, least."""
import pathlib
import sys
import numpy as np
import torch

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

torch.set_default_dtype(torch.float64)
hidden, steep, least = asked(hidden=20, steep=10.0, least=0.3)
steps, updates = 60, 50
value = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
labels = torch.tensor([0, 1, 1, 0])
x = least + (1 - least) * value
late = np.ceil(20 * np.log(x / (x - 0.2)) - 1e-9)
spikes = torch.tensor(np.arange(steps)[:, None, None] == late, dtype=torch.float64)


class Spike(torch.autograd.Function):
    @staticmethod
    def forward(ctx, over):
        ctx.save_for_backward(over)
        return (over > 0).to(over.dtype)

    @staticmethod
    def backward(ctx, g):
        return g / (1 + steep * ctx.saved_tensors[0].abs()) ** 2


def table(post, pre, make):
    j, i = np.mgrid[:post, :pre].astype(float)
    return torch.tensor(make(j, i), requires_grad=True)


W = table(hidden, 2, lambda j, i: 4 * np.sin(1 + 3.1 * j + 1.7 * i) + 1.5)
R = table(2, hidden, lambda j, i: np.sin(3 + 1.9 * j + 2.7 * i))
adam = torch.optim.Adam([W, R], lr=0.02)
losses = {}
for update in range(updates + 1):
    # What is measured in the first step of a trial: the loss of the trial before, each of two units' part.
    losses[update * steps] = losses.pop(-1, 0.0)
    i, v = torch.zeros(4, hidden), torch.zeros(4, hidden)
    j, u, top = torch.zeros(4, 2), torch.zeros(4, 2), torch.zeros(4, 2)
    for step in range(steps):
        # Euler's method, all derivatives of the states before; spikes count at once.
        i, v = i + (spikes[step] @ W.T * 5 - i) / 5, v + (i - v) / 10
        s = Spike.apply(v - 1)
        v = torch.where(s.bool(), torch.zeros_like(v), v)
        j, u, top = j + (s @ R.T * 5 - j) / 5, u + (j - u) / 10, top + u / 10
    loss = torch.nn.functional.cross_entropy(top, labels)
    losses[-1] = loss.item() / 2
    adam.zero_grad()
    loss.backward()
    adam.step()
losses.pop(-1)
figures = {
    'cross_entropy': losses,
    'norm(W)': W.norm().item(),
    'norm(R)': R.norm().item(),
    'W': W.tolist(),
}
tell(__file__, figures)
