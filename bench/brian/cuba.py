"""CUBA (Brette et al., 2007, benchmark 2; Vogels and Abbott, 2005): as COBA, but synapses are currents."""

from standalone import serve, standalone
from brian2 import NeuronGroup, Synapses, mV, ms

cells = standalone()
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
edge = cells * 4 // 5
excitatory = Synapses(group[:edge], group, on_pre="ge += 1.62*mV")
inhibitory = Synapses(group[edge:], group, on_pre="gi -= 9*mV")
for each in (excitatory, inhibitory):
    each.connect(p=80 / cells)
serve([group, excitatory, inhibitory], [group])
