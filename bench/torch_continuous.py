"""The published sine task in plain PyTorch, as a peer of the benchmarks: examples/continuous.ccn (BurstCCN in
continuous time with presynaptic traces, a fixed network to follow, oscillating inputs), teacher on.

Arguments: style, sizes of learner (inputs, hidden, outputs), hidden units to follow, threads.
Style `fast` is written for speed: no autograd, no allocation but for temporaries of one operation, values
updated in place in an order that needs no copies. Style `plain` is written as the equations are: each
value is a new tensor, and what the step before computed is kept by copying, as published programs do.

Answers lines as torch_peer.py says; `load` reads frequencies per step, phases, the weights to follow (G_in,
G_out), W and W of the output; `save` writes W, k of both layers.
"""

import sys

import torch
from torch_peer import serve

style = sys.argv[1]
inputs, hidden, outputs = (int(size) for size in sys.argv[2].split(","))
guides, threads = int(sys.argv[3]), int(sys.argv[4])
torch.set_num_threads(threads)
torch.set_grad_enabled(False)

dt, tau, tau_x, tau_m, p0, beta = 0.01, 0.1, 0.2, 0.1, 0.5, 4.0
rate = 2000.0 * dt / 1000.0
a = dt / tau
a_x = dt / tau_x
a_m = 1 - (1 - dt / tau_m) ** 2

omega, phase = torch.rand(inputs) * 0.15, torch.rand(inputs) * 6
G_in, G_out = torch.randn(guides, inputs), torch.randn(outputs, guides)
W1, W2 = torch.randn(hidden, inputs), torch.randn(outputs, hidden)
k1, k2 = torch.zeros(hidden), torch.zeros(outputs)
Y, Q = torch.zeros(outputs, hidden), torch.zeros(outputs, hidden)
gk1, gk2 = torch.zeros(guides), torch.zeros(outputs)


def start():
    """All states as they are before the first step."""
    global x, xbar, gv, ge, gov, v1, e1, u, p1, m, v2, e2, p2, b2, b1
    x, xbar = torch.zeros(inputs), torch.zeros(inputs)
    gv, ge, gov = torch.zeros(guides), torch.zeros(guides), torch.zeros(outputs)
    v1, e1, u, m = (torch.zeros(hidden) for _ in range(4))
    p1, b1 = torch.full((hidden,), p0), torch.zeros(hidden)
    v2, e2, b2 = (torch.zeros(outputs) for _ in range(3))
    p2 = torch.full((outputs,), p0)


start()
# Results that are of use within a step alone.
x1, x2, target = torch.empty(hidden), torch.empty(outputs), torch.empty(outputs)
gain = torch.empty(hidden)


def fast():
    torch.cos(phase, out=x)
    phase.add_(omega)
    xbar.lerp_(x, a_x)
    # the network to follow: its output hears of the step before
    gov.addmv_(G_out, ge, beta=1 - a, alpha=a).add_(gk2, alpha=a)
    gv.addmv_(G_in, x, beta=1 - a, alpha=a).add_(gk1, alpha=a)
    torch.sigmoid(gv, out=ge)
    torch.sigmoid(gov, out=target)
    # what plasticity sees: the step before
    torch.sub(p1, p0, out=x1).mul_(e1)
    torch.sub(p2, p0, out=x2).mul_(e2)
    # somata and dendrites, by the weights and rates before the step
    v2.addmv_(W2, e1, beta=1 - a, alpha=a).add_(k2, alpha=a)
    v1.addmv_(W1, x, beta=1 - a, alpha=a).add_(k1, alpha=a)
    torch.mv(Y.t(), b2, out=gain).addmv_(Q.t(), e2)
    u.mul_(1 - a).add_(gain.addcmul_(gain, e1, value=-1), alpha=a * beta)
    # plasticity, then weight transport
    W2.addr_(x2, m, alpha=rate)
    W1.addr_(x1, xbar, alpha=rate)
    k2.add_(x2, alpha=rate)
    k1.add_(x1, alpha=rate)
    Y.copy_(W2)
    torch.mul(W2, -p0, out=Q)
    m.lerp_(e1, a_m)
    torch.sigmoid(v1, out=e1)
    torch.sigmoid(u, out=p1)
    torch.sigmoid(v2, out=e2)
    torch.sub(target, e2, out=p2)
    p2.addcmul_(p2, e2, value=-1).mul_(p0).add_(p0)
    torch.mul(p2, e2, out=b2)


def plain():
    global x, xbar, gv, ge, gov, v1, e1, u, p1, m, v2, e2, p2, b1, b2, W1, W2, k1, k2, Y, Q, phase
    x = torch.cos(phase)
    phase = phase + omega
    xbar = xbar + a_x * (x - xbar)
    ge_c = ge.clone()
    gv = gv + a * (-gv + G_in @ x + gk1)
    ge = torch.sigmoid(gv)
    gov = gov + a * (-gov + G_out @ ge_c + gk2)
    target = torch.sigmoid(gov)
    e1_c, b1_c, p1_c, m_c = e1.clone(), b1.clone(), p1.clone(), m.clone()
    e2_c, b2_c, p2_c = e2.clone(), b2.clone(), p2.clone()
    v1 = v1 + a * (-v1 + W1 @ x + k1)
    e1 = torch.sigmoid(v1)
    b1 = p1 * e1
    v2 = v2 + a * (-v2 + W2 @ e1_c + k2)
    e2 = torch.sigmoid(v2)
    p2 = p0 + p0 * (target - e2) * (1 - e2)
    b2 = p2 * e2
    u = u + a * (-u + beta * (1 - e1_c) * (Q.t() @ e2_c + Y.t() @ b2_c))
    p1 = torch.sigmoid(u)
    b1 = p1 * e1
    m = m + a_m * (e1_c - m)
    d1, d2 = (p1_c - p0) * e1_c, (p2_c - p0) * e2_c
    W1 = W1 + rate * torch.outer(d1, xbar)
    W2 = W2 + rate * torch.outer(d2, m_c)
    k1 = k1 + rate * d1
    k2 = k2 + rate * d2
    Y = W2.clone()
    Q = -p0 * W2.clone()


step = {"fast": fast, "plain": plain}[style]


def anew():
    start()
    for each in (k1, k2, Y, Q):
        each.zero_()


serve(step, lambda: [omega, phase, G_in, G_out, W1, W2], lambda: [W1, k1, W2, k2], before=anew)
