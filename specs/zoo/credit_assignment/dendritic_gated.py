"""Dendritic gated networks (Sezener et al., 2021) with NumPy, cell by cell; writes the figures beside this file. Options: per, branches, epochs."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

per, branches, epochs = asked(per=3, branches=4, epochs=100)

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
y = np.eye(2)[[0, 1, 1, 0]]
classes = 2
planes = [(1, 3.1, 1.7), (2, 2.3, 1.1), (3, 1.9, 2.7)]


class Cell:
    """A cell of some class: branches with gates, weights onto what it hears."""

    def __init__(self, layer, number, kind, hears, weight):
        a, p, q = planes[layer]
        mine = number * branches + np.arange(branches)[:, None]
        self.v = np.sin(a + p * mine + q * np.arange(2))
        self.kind, self.hears = kind, hears
        self.w = np.full((branches, len(hears)), weight)
        self.k = np.zeros(branches)

    def answer(self, below, context):
        self.open = (self.v @ context > 0.3) * 1.0
        self.seen = below[self.hears]
        total = self.open @ (self.w @ self.seen + self.k)
        return np.clip(1 / (1 + np.exp(-total)), 0.01, 0.99)

block = lambda c: np.arange(c * per, (c + 1) * per)
layers = [
    [Cell(0, n, n // per, np.arange(2), 0.0) for n in range(per * classes)],
    [Cell(1, n, n // per, block(n // per), 1 / per) for n in range(per * classes)],
    [Cell(2, n, n, block(n), 1 / per) for n in range(classes)],
]


def sweep(learn):
    loss, changes = 0, {}
    for given, target in zip(x, y):
        rates = given
        for layer in layers:
            out = np.array([cell.answer(rates, given) for cell in layer])
            for cell, p in zip(layer, out):
                push = cell.open * (target[cell.kind] - p)
                dw, dk = changes.get(cell, (0, 0))
                changes[cell] = dw + np.outer(push, cell.seen) / 4, dk + push / 4
            rates = out
        loss -= np.sum(target * np.log(rates) + (1 - target) * np.log(1 - rates)) / 4
    if learn:
        for cell, (dw, dk) in changes.items():
            cell.w, cell.k = cell.w + 0.5 * dw, cell.k + 0.5 * dk
    return loss


for step in range(epochs):
    loss = sweep(True)
figures = {'loss': loss, 'test loss': sweep(False)}
for i, layer in enumerate(layers):
    figures[f'norm(W{i + 1})'] = np.sqrt(sum(np.sum(cell.w**2) for cell in layer))
tell(__file__, figures)
