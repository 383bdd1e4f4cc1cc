"""The CIFAR-10 circuit of examples/cifar10.ccn in plain PyTorch, as a peer of the benchmarks.

Arguments: layer sizes (ignored: the circuit is the published one), batch, threads, learning rate, weight
decay. Sigmoid ensembles, feedback tied to the forward weights (the products of bursts and events are
one), biases of channels, a sigmoid output with shifted activity, SGD with momentum. Written for speed: no
autograd, work in place where PyTorch has it, both gradients of a convolution in one call.

Answers lines as torch_peer.py says.
"""

import sys

import torch
import torch.nn.functional as F
from torch_peer import serve

batch = int(sys.argv[2])
torch.set_num_threads(int(sys.argv[3]))
rate, decay = float(sys.argv[4]), float(sys.argv[5])
torch.manual_seed(1)
torch.set_grad_enabled(False)

error_scale, momentum, g_last = 0.1, 0.9, 10.0
strides = [2, 2, 1]
shapes = [(64, 3, 5, 5), (128, 64, 5, 5), (256, 128, 3, 3), (1500, 2304), (10, 1500)]
W = [torch.randn(shape) * 0.03 for shape in shapes]
k = [torch.zeros(shape[0]) for shape in shapes]
velocity_W = [torch.zeros_like(each) for each in W]
velocity_k = [torch.zeros_like(each) for each in k]
x = torch.randn(batch, 3, 32, 32)
target = torch.zeros(batch, 10)
target[torch.arange(batch), torch.randint(0, 10, (batch,))] = 1


def gradients(output, image, kernel, stride, wanted):
    return torch.ops.aten.convolution_backward(
        output, image, kernel, None, [stride] * 2, [0, 0], [1, 1], False, [0, 0], 1, [*wanted, False]
    )


def excess_of(u, e):
    """Bursts above the baseline, divided by it: tanh(u (1 - e) / p0) e, where u is p0 times what came."""
    return torch.addcmul(u, u, e, value=-1).tanh_().mul_(e)


def step():
    e = [x]
    for l in range(3):
        e.append(F.conv2d(e[-1], W[l], k[l], stride=strides[l]).sigmoid_())
    flat = e[3].view(batch, -1)
    h = torch.addmm(k[3], flat, W[3].t()).sigmoid_()
    y = torch.addmm(k[4], h, W[4].t()).sigmoid_()
    excess = [None] * 5
    excess[4] = (target - y).mul_(1 - y).mul_(y).mul_(error_scale)
    excess[3] = excess_of(torch.mm(excess[4], W[4]).mul_(g_last), h)
    excess[2] = excess_of(torch.mm(excess[3], W[3]).view_as(e[3]), e[3])
    change = [None] * 5
    for l in (2, 1):
        image, change[l], _ = gradients(excess[l], e[l], W[l], strides[l], [True, True])
        excess[l - 1] = excess_of(image, e[l])
    change[0] = gradients(excess[0], x, W[0], strides[0], [False, True])[1]
    change[3] = torch.mm(excess[3].t(), flat)
    change[4] = torch.mm(excess[4].t(), h)
    for l in range(5):
        scale = 1 / (batch * error_scale * (g_last if l < 4 else 1))
        velocity_W[l].mul_(momentum).add_(change[l], alpha=scale).add_(W[l], alpha=-decay)
        W[l].add_(velocity_W[l], alpha=rate)
        of_k = excess[l].sum((0, 2, 3) if l < 3 else 0)
        velocity_k[l].mul_(momentum).add_(of_k, alpha=scale).add_(k[l], alpha=-decay)
        k[l].add_(velocity_k[l], alpha=rate)


def still():
    for each in [*velocity_W, *velocity_k]:
        each.zero_()


step()
serve(step, lambda: [*W, *k, x, target], lambda: [*W, *k], "oneDNN and its BLAS", still)
