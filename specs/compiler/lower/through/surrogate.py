"""Networks that learn through time, in PyTorch and double precision: losses of 50 updates each, as a fixture.

/usr/bin/python3 surrogate.py > surrogate.fixture.json   (torch 1.13)
"""
import json
import math
import sys

import torch

torch.set_default_dtype(torch.float64)
STEPS, BATCH, UPDATES = 12, 4, 50


def wave(count, phase, scale):
    """Numbers that the spec makes in the same way."""
    return torch.tensor([math.sin(1.7 * i + phase) * scale for i in range(count)])


def weights(sizes):
    return [
        wave(a * b, phase, scale).reshape(a, b).requires_grad_()
        for (a, b), phase, scale in sizes
    ]


def inputs(step, units):
    i = torch.arange(BATCH * units, dtype=torch.float64).reshape(BATCH, units)
    return torch.sin(0.7 * i + 0.9 * step)


class Spike(torch.autograd.Function):
    @staticmethod
    def forward(ctx, v):
        ctx.save_for_backward(v)
        return (v > 0).double()

    @staticmethod
    def backward(ctx, g):
        (v,) = ctx.saved_tensors
        return g / (1 + 10 * v.abs()) ** 2


def lif(reset):
    """dv/dt = (current - v) / 20 ms by Euler, in steps of 1 ms; theta = 1."""
    u, w, r = weights([((6, 3), 0.1, 1.5), ((6, 6), 0.5, 0.6), ((2, 6), 0.9, 0.5)])
    losses = []
    spikes = 0
    start = [torch.zeros(BATCH, n) for n in (6, 6, 6, 2)]
    for update in range(UPDATES):
        i, v, s, o = [each.detach() for each in start]
        loss = 0
        for t in range(STEPS):
            step = update * STEPS + t
            current = 3 * (0.5 + inputs(step, 3)) @ u.T + s @ w.T
            i = i + 0.2 * (current - i)
            if reset == 'where':
                v = v + 0.05 * (i * 8 - v)
                s = Spike.apply(v - 1)
                v = torch.where(s.bool(), torch.zeros_like(v), v)
            else:
                v = v + 0.05 * (i * 8 - v) - (s if reset == 'through' else s.detach())
                s = Spike.apply(v - 1)
            spikes += int(s.sum())
            o = o + 0.1 * (s @ r.T - o)
            target = 0.5 * inputs(step, 2)
            loss = loss + (0.5 * (o - target) ** 2).sum(1).mean()
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, [u, w, r])
        with torch.no_grad():
            for each, g in zip([u, w, r], gradients):
                each -= 0.05 * g
        start = [i, v, s, o]
    print(reset, spikes, file=sys.stderr)
    return losses


def rates():
    """tau dr/dt = -r + tanh(W r + U x), a read-out, Adam as PyTorch has it."""
    u, w, r = weights([((8, 3), 0.1, 1.0), ((8, 8), 0.5, 0.5), ((2, 8), 0.9, 0.5)])
    optimiser = torch.optim.Adam([u, w, r], lr=0.01)
    losses = []
    h = torch.zeros(BATCH, 8)
    for update in range(UPDATES):
        h = h.detach()
        loss = 0
        for t in range(STEPS):
            step = update * STEPS + t
            h = h + 0.2 * (-h + torch.tanh(h @ w.T + inputs(step, 3) @ u.T))
            loss = loss + (0.5 * (h @ r.T - 0.5 * inputs(step, 2)) ** 2).sum(1).mean()
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses


print(json.dumps({
    'torch': torch.__version__,
    'rates': rates(),
    'where': lif('where'),
    'through': lif('through'),
    'detached': lif('detached'),
}, indent=1))
