"""A large network that learns: CUBA cells, each with 80 excitatory synapses, which change by pairs of spikes (additive, all
to all), and 20 inhibitory ones. 100,000 cells have 10 million synapses, 8 million of them plastic."""

from standalone import serve, standalone
from brian2 import NeuronGroup, Synapses, mV, ms

cells = standalone()
edge = cells * 4 // 5
group = NeuronGroup(
    cells,
    """
    dv/dt = (ge + gi - (v + 49*mV)) / (20*ms) : volt (unless refractory)
    dge/dt = -ge / (5*ms) : volt
    dgi/dt = -gi / (10*ms) : volt
    fired : 1
    """,
    threshold="v > -50*mV",
    reset="v = -60*mV; fired += 1",
    refractory=5 * ms,
    method="exponential_euler",
)
group.v = "-60*mV + rand()*10*mV"
excitatory = Synapses(
    group[:edge],
    group,
    """
    w : volt
    dbefore/dt = -before / (20*ms) : 1 (event-driven)
    dafter/dt = -after / (20*ms) : 1 (event-driven)
    """,
    on_pre="ge += w; before += 1; w = clip(w - 0.0105*mV*after, 0*mV, 2.6*mV)",
    on_post="after += 1; w = clip(w + 0.01*mV*before, 0*mV, 2.6*mV)",
)
inhibitory = Synapses(group[edge:], group, on_pre="gi -= 7.2*mV")
excitatory.connect(i="k for k in sample(N_pre, size=80)")
inhibitory.connect(i="k for k in sample(N_pre, size=20)")
excitatory.w = 1.3 * mV
serve([group, excitatory, inhibitory], [group])
