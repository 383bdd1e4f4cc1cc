"""Brunel (2000), model A: 12,500 cells, each with synapses from 1000 excitatory and 250 inhibitory ones, and 1000 of its
own from outside; g = 5, twice the rate from outside that is needed to fire (asynchronous irregular)."""

from standalone import serve, standalone
from brian2 import NeuronGroup, PoissonInput, Synapses, mV, ms

cells = standalone()
edge = cells * 4 // 5
inputs, weight, g = edge // 10, 0.1 * mV, 5
outside = 2 * 20 * mV / (weight * inputs * 20 * ms)
group = NeuronGroup(
    cells,
    """
    dv/dt = -v / (20*ms) : volt (unless refractory)
    fired : 1
    """,
    threshold="v > 20*mV",
    reset="v = 10*mV; fired += 1",
    refractory=2 * ms,
    method="exact",
)
group.v = "rand()*20*mV"
excitatory = Synapses(group[:edge], group, on_pre="v += 0.1*mV", delay=1.5 * ms)
inhibitory = Synapses(group[edge:], group, on_pre="v -= 0.5*mV", delay=1.5 * ms)
excitatory.connect(i="k for k in sample(N_pre, size=%d)" % inputs)
inhibitory.connect(i="k for k in sample(N_pre, size=%d)" % (inputs // 4))
noise = PoissonInput(group, "v", inputs, outside, weight=weight)
serve([group, excitatory, inhibitory, noise], [group])
