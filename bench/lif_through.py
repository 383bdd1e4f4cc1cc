"""The network of lif_through.ccn in PyTorch: milliseconds of an update through 100 steps, for 1 and 2 threads."""
import time

import torch

STEPS, BATCH, UPDATES = 100, 32, 15


class Spike(torch.autograd.Function):
    @staticmethod
    def forward(ctx, v):
        ctx.save_for_backward(v)
        return (v > 0).to(v.dtype)

    @staticmethod
    def backward(ctx, g):
        (v,) = ctx.saved_tensors
        return g / (1 + 10 * v.abs()) ** 2


def median(threads):
    torch.set_num_threads(threads)
    sizes = ((128, 100, 0.1), (128, 128, 0.05), (10, 128, 0.1))
    u, w, r = [(torch.randn(a, b) * scale).requires_grad_() for a, b, scale in sizes]
    x, labels = torch.rand(BATCH, 100), torch.randint(0, 10, (BATCH,))
    times = []
    for _ in range(UPDATES):
        began = time.perf_counter()
        i = torch.zeros(BATCH, 128)
        v, s, o, loss = i.clone(), i.clone(), torch.zeros(BATCH, 10), 0
        for _ in range(STEPS):
            i = i + 0.2 * (x @ u.T + s @ w.T - i)
            v = v + 0.05 * (8 * i - v)
            s = Spike.apply(v - 1)
            v = torch.where(s.bool(), torch.zeros_like(v), v)
            o = o + 0.1 * (s @ r.T - o)
            loss = loss + torch.nn.functional.cross_entropy(o, labels)
        gradients = torch.autograd.grad(loss, [u, w, r])
        with torch.no_grad():
            for each, g in zip([u, w, r], gradients):
                each -= 0.001 * g
        times.append(1000 * (time.perf_counter() - began))
    return sorted(times)[UPDATES // 2]


print(f'PyTorch {torch.__version__}: 1 thread {median(1):.1f} ms, 2 threads {median(2):.1f} ms')
