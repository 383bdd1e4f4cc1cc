"""BurstCCN in plain PyTorch, as a peer of the benchmarks: the computation of examples/burstccn.ccn.

Arguments: layer sizes, batch, threads, learning rate, weight decay. Sigmoid ensembles, fixed random
feedback, event feedback tied to it (Q = -p0 Y, so that both products are one: Y takes the bursts above
the baseline down), biases, SGD. Written for speed: no autograd, no allocation (every result has a
buffer), products that scale and accumulate (`addmm`), updates in place, views made once.

Answers as torch_peer.py says: `save` writes weights and biases, `load` reads these, feedback, inputs and targets.
"""

import sys

import torch
from torch_peer import serve

sizes = [int(size) for size in sys.argv[1].split(",")]
batch = int(sys.argv[2])
threads = int(sys.argv[3])
rate, decay = float(sys.argv[4]), float(sys.argv[5])
torch.set_num_threads(threads)
torch.manual_seed(1)
torch.set_grad_enabled(False)

p0, error_scale = 0.5, 0.5
layers = len(sizes) - 1


def random(rows, columns, gain):
    return torch.randn(rows, columns) * gain * (2 / (rows + columns)) ** 0.5


W = [random(sizes[l + 1], sizes[l], 3.6) for l in range(layers)]
k = [torch.zeros(sizes[l + 1]) for l in range(layers)]
# By rows of the upper layer: so lies what is multiplied without a transposition.
Y = [random(sizes[l + 1], sizes[l], 5.4) for l in range(1, layers)]
x = torch.randn(batch, sizes[0])
target = torch.zeros(batch, sizes[-1])
target[torch.arange(batch), torch.randint(0, sizes[-1], (batch,))] = 1

rates = [x] + [torch.empty(batch, size) for size in sizes[1:]]
# Bursts above the baseline, divided by p0.
excess = [torch.empty(batch, size) for size in sizes[1:]]
ones = torch.ones(batch)
W_t = [w.t() for w in W]
excess_t = [each.t() for each in excess]
scale = rate / (batch * error_scale)
keep = 1 - rate * decay


def step():
    for l in range(layers):
        torch.addmm(k[l], rates[l], W_t[l], out=rates[l + 1]).sigmoid_()
    # (target - e) (1 - e) e, times error_scale
    e, top = rates[-1], excess[-1]
    torch.sub(target, e, out=top)
    top.addcmul_(top, e, value=-1).mul_(e).mul_(error_scale)
    for l in reversed(range(layers)):
        if l > 0:
            # tanh(u (1 - e) / p0) e
            below = excess[l - 1]
            torch.mm(excess[l], Y[l - 1], out=below)
            below.addcmul_(below, rates[l], value=-1).tanh_().mul_(rates[l])
        W[l].addmm_(excess_t[l], rates[l], beta=keep, alpha=scale)
        k[l].addmv_(excess_t[l], ones, alpha=scale)


def blas():
    with open("/proc/self/maps") as maps:
        files = {line.split()[-1] for line in maps if ".so" in line}
    names = [name for name in files if any(each in name for each in ("blas", "mkl_rt", "mkl_core"))]
    fast = [name for name in names if "openblas" in name or "mkl" in name]
    return (fast or names or ["of its own"])[0]


step()
serve(step, lambda: [*W, *k, *Y, x, target], lambda: [*W, *k], blas())
