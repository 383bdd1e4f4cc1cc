"""One BurstCCN training step in plain PyTorch, as a peer for `npm run bench -- step`.

Reads lines `STEPS` from standard input and answers each with the seconds that so many steps took.
Arguments: layer sizes, batch, threads. Sigmoid ensembles, fixed random feedback, Q = -p0 Y, SGD with
weight decay; updates in place, as a good engineer would write them.
"""

import sys
import time

import torch

sizes = [int(size) for size in sys.argv[1].split(",")]
batch = int(sys.argv[2])
torch.set_num_threads(int(sys.argv[3]))
torch.manual_seed(1)
torch.set_grad_enabled(False)

p0, error_scale, rate, decay = 0.5, 0.5, 0.15, 5e-5
layers = len(sizes) - 1
W = [torch.randn(sizes[l + 1], sizes[l]) * 3.6 * (2 / (sizes[l + 1] + sizes[l])) ** 0.5 for l in range(layers)]
k = [torch.zeros(sizes[l + 1]) for l in range(layers)]
Y = [torch.randn(sizes[l + 1], sizes[l]) * 5.4 * (2 / (sizes[l + 1] + sizes[l])) ** 0.5 for l in range(1, layers)]
x = torch.randn(batch, sizes[0])
target = torch.zeros(batch, sizes[-1])
target[torch.arange(batch), torch.randint(0, sizes[-1], (batch,))] = 1


def step():
    rates = [x]
    for l in range(layers):
        rates.append(torch.sigmoid(torch.addmm(k[l], rates[-1], W[l].t())))
    e = rates[-1]
    p = p0 * (1 + error_scale * (target - e) * (1 - e))
    excess = (p - p0) * e
    scale = rate / (batch * p0 * error_scale)
    for l in reversed(range(layers)):
        below = None
        if l > 0:
            lower = rates[l]
            u = excess @ Y[l - 1]
            below = (2 * p0 * torch.sigmoid(2 / p0 * u * (1 - lower)) - p0) * lower
        W[l].mul_(1 - rate * decay).addmm_(excess.t(), rates[l], alpha=scale)
        k[l].add_(excess.sum(0), alpha=scale)
        excess = below


for line in sys.stdin:
    steps = int(line)
    start = time.perf_counter()
    for _ in range(steps):
        step()
    print(time.perf_counter() - start, flush=True)
