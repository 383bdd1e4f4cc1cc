"""Losses local to populations, in PyTorch and double precision: what arrives there from other populations is detached.

/usr/bin/python3 local-loss.py > local-loss.fixture.json   (torch 1.13)

For each loss the whole circuit is run once more, with the arrivals of its own population detached, and moves that
population's weights and biases alone; the loss of `y`, which is not local, moves all.
"""
import json
import math

import torch

torch.set_default_dtype(torch.float64)
UPDATES = 20


def wave(count, phase, scale):
    """Numbers that the spec makes in the same way."""
    return torch.tensor([math.sin(1.7 * i + phase) * scale for i in range(count)])


def made(shapes):
    """Weights and biases by their names, each with a phase of its own."""
    values = {}
    for k, (name, shape) in enumerate(shapes.items()):
        count = math.prod(shape)
        values[name] = wave(count, 0.1 + 0.4 * k, 0.7).reshape(shape).requires_grad_()
    return values


def inputs(batch, units, step, phase=0.0):
    i = torch.arange(batch * units, dtype=torch.float64).reshape(batch, units)
    return torch.sin(0.7 * i + 0.9 * step + phase)


def descend(weights, parts, rate):
    """parts: of each loss its value and what it moves."""
    total = {name: torch.zeros_like(value) for name, value in weights.items()}
    for loss, names in parts:
        found = torch.autograd.grad(loss, [weights[name] for name in names], allow_unused=True)
        for name, g in zip(names, found):
            if g is not None:
                total[name] += g
    with torch.no_grad():
        for name, value in weights.items():
            value -= rate * total[name]


def within():
    """Two hidden populations with losses of their own, feedback onto one of them, and a loss at the end."""
    batch = 4
    weights = made({
        'U': (6, 4), 'b0': (6,), 'W': (5, 6), 'b1': (5,),
        'B': (6, 5), 'C': (6, 6), 'L': (6, 6), 'V': (3, 5),
    })
    own = {'h0': ['U', 'b0', 'B', 'C', 'L'], 'h1': ['W', 'b1'], 'y': list(weights)}

    def run(local, step):
        cut = lambda value, at: value.detach() if local == at else value
        w = weights
        e0 = torch.tanh(inputs(batch, 4, step) @ w['U'].T + w['b0'])
        e1 = torch.tanh(cut(e0, 'h1') @ w['W'].T + w['b1'])
        apical = cut(e1, 'h0') @ w['B'].T + cut(e0, 'h0') @ w['C'].T + e0 @ w['L'].T
        y = torch.sigmoid(e1 @ w['V'].T)
        code = 0.5 * inputs(batch, 6, step, 1.0)
        target = 0.5 + 0.5 * inputs(batch, 3, step, 2.0)
        return {
            'h0': (0.5 * (code - e0) ** 2 + 0.2 * (apical - e0) ** 2).sum(1).mean(),
            'h1': (0.1 * (e1 ** 2 - 0.5) ** 2 + 0.05 * e1).sum(1).mean(),
            'y': (0.5 * (target - y) ** 2).sum(1).mean(),
        }

    losses = []
    for step in range(UPDATES):
        parts = {name: run(name, step)[name] for name in own}
        losses.append([parts[name].item() for name in own])
        descend(weights, [(parts[name], own[name]) for name in own], 0.3)
    return {'losses': losses, 'weights': {k: v.flatten().tolist() for k, v in weights.items()}}


def through():
    """Two populations of rate cells that drive each other, by windows of six steps."""
    batch, steps = 3, 6
    weights = made({
        'U': (5, 3), 'W': (5, 5), 'F': (5, 4), 'P': (4, 5), 'Q': (4, 4), 'R': (2, 4),
    })
    own = {'h': ['U', 'W', 'F'], 'g': ['P', 'Q'], 'y': list(weights)}

    def run(local, past, first):
        cut = lambda value, at: value.detach() if local == at else value
        w = weights
        h, g = list(past[0]), list(past[1])
        loss = 0
        for t in range(steps):
            step = first + t
            s = inputs(batch, 3, step) @ w['U'].T + h[-1] @ w['W'].T
            back = cut(g[-2], 'h') @ w['F'].T
            v = h[-1] + 0.2 * (-h[-1] + torch.tanh(s + 0.5 * back))
            s = cut(v, 'g') @ w['P'].T + g[-3] @ w['Q'].T
            u = g[-1] + 0.2 * (-g[-1] + torch.tanh(s))
            h.append(v)
            g.append(u)
            if local == 'h':
                loss = loss + (0.5 * (v - 0.4 * inputs(batch, 5, step, 1.0)) ** 2).sum(1).mean()
            elif local == 'g':
                loss = loss + (0.5 * (u - 0.4 * inputs(batch, 4, step, 1.0)) ** 2).sum(1).mean()
            else:
                out = u @ w['R'].T
                loss = loss + (0.5 * (out - 0.5 * inputs(batch, 2, step, 2.0)) ** 2).sum(1).mean()
        return loss, (h[-3:], g[-3:])

    past = [[torch.zeros(batch, n)] * 3 for n in (5, 4)]
    losses = []
    for update in range(UPDATES):
        found = {name: run(name, past, update * steps) for name in own}
        losses.append([found[name][0].item() for name in own])
        descend(weights, [(found[name][0], own[name]) for name in own], 0.05)
        past = [[each.detach() for each in states] for states in found['y'][1]]
    return {'losses': losses, 'weights': {k: v.flatten().tolist() for k, v in weights.items()}}


print(json.dumps({'torch': torch.__version__, 'within': within(), 'through': through()}))
