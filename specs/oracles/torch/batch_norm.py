"""Batch normalisation in PyTorch, in double precision: training steps with batches of which the last one of an epoch is
smaller, and an evaluation. Writes batch_norm.json beside itself: python3 batch_norm.py

Two networks: units (BatchNorm1d between a layer and tanh) and channels (BatchNorm2d of an image of 3 channels).
The loss of an example is half the sum of squares, that of a batch the mean over its examples; plain gradient descent.
"""
import json
import os

import torch

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(1)


def normal(*shape):
    return torch.randn(*shape, generator=generator)


def run(layers, norm, inputs, test, targets, weights, rate, batches):
    V, W = (w.clone().requires_grad_() if w is not None else None for w in weights)

    def answer(x):
        h = x if V is None else x @ V.t()
        return torch.tanh(norm(h.reshape(layers)).reshape(len(x), -1)) @ W.t()

    parameters = [p for p in (V, W, *norm.parameters()) if p is not None]
    losses = []
    for step in range(20):
        start, end = batches[step % len(batches)]
        loss = ((answer(inputs[start:end]) - targets[start:end]) ** 2).sum() / 2 / (end - start)
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients):
                parameter -= rate * gradient
        losses.append(loss.item())
    norm.eval()
    with torch.no_grad():
        answers = answer(test)
    flat = lambda x: x.detach().reshape(-1).tolist()
    return {
        "inputs": flat(inputs), "targets": flat(targets), "test": flat(test), "batches": batches, "rate": rate,
        "V": None if V is None else flat(weights[0]), "W": flat(weights[1]), "losses": losses,
        "after": {"V": None if V is None else flat(V), "W": flat(W), "gain": flat(norm.weight), "shift": flat(norm.bias),
                  "mean": flat(norm.running_mean), "variance": flat(norm.running_var)},
        "answers": flat(answers),
    }


figures = {
    "units": run((-1, 4), torch.nn.BatchNorm1d(4, momentum=0.2), normal(7, 3) * 2 + 1, normal(5, 3) * 2 + 1,
                 normal(7, 2), (normal(4, 3), normal(2, 4)), 0.1, [[0, 4], [4, 7]]),
    "channels": run((-1, 3, 2, 2), torch.nn.BatchNorm2d(3), normal(5, 12) - 0.5, normal(3, 12) - 0.5,
                    normal(5, 2), (None, normal(2, 12)), 0.05, [[0, 2], [2, 4], [4, 5]]),
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "batch_norm.json"), "w") as file:
    json.dump(figures, file, indent=1)
    file.write("\n")
