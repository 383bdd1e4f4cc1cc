"""COBA (Brette et al., 2007, benchmark 1): integrate-and-fire cells, synapses are conductances, 80 from each cell on average."""

from standalone import serve, standalone
from brian2 import NeuronGroup, Synapses, mV, ms, nS

cells = standalone()
group = NeuronGroup(
    cells,
    """
    dv/dt = (-60*mV - v + (ge*(0*mV - v) + gi*(-80*mV - v)) / (10*nS) + 20*mV) / (20*ms) : volt (unless refractory)
    dge/dt = -ge / (5*ms) : siemens
    dgi/dt = -gi / (10*ms) : siemens
    fired : 1
    """,
    threshold="v > -50*mV",
    reset="v = -60*mV; fired += 1",
    refractory=5 * ms,
    method="exponential_euler",
)
group.v = "-60*mV + (randn()*5 - 5)*mV"
group.ge = "(randn()*1.5 + 4)*10*nS"
group.gi = "(randn()*12 + 20)*10*nS"
edge = cells * 4 // 5
excitatory = Synapses(group[:edge], group, on_pre="ge += 6*nS")
inhibitory = Synapses(group[edge:], group, on_pre="gi += 67*nS")
for each in (excitatory, inhibitory):
    each.connect(p=80 / cells)
serve([group, excitatory, inhibitory], [group])
