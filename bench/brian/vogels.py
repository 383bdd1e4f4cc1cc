"""Vogels et al. (2011): inhibitory synapses onto excitatory cells learn until these fire at a target rate. 10,000 cells."""

from standalone import serve, standalone
from brian2 import NeuronGroup, Synapses, Hz, mV, ms, nS, pA, pF

cells = standalone()
edge = cells * 4 // 5
group = NeuronGroup(
    cells,
    """
    dv/dt = (10*nS*(-60*mV - v) - ge*v - gi*(v + 80*mV) + 200*pA) / (200*pF) : volt (unless refractory)
    dge/dt = -ge / (5*ms) : siemens
    dgi/dt = -gi / (10*ms) : siemens
    fired : 1
    """,
    threshold="v > -50*mV",
    reset="v = -60*mV; fired += 1",
    refractory=5 * ms,
    method="euler",
)
group.v = "-60*mV + rand()*10*mV"
excitatory, inhibitory = group[:edge], group[edge:]
alpha = float(3 * Hz * 20 * ms * 2)
onto_all = Synapses(excitatory, group, on_pre="ge += 0.3*nS")
onto_inhibitory = Synapses(inhibitory, inhibitory, on_pre="gi += 3*nS")
learning = Synapses(
    inhibitory,
    excitatory,
    """
    w : 1
    dbefore/dt = -before / (20*ms) : 1 (event-driven)
    dafter/dt = -after / (20*ms) : 1 (event-driven)
    """,
    on_pre="gi += w*nS; before += 1; w = clip(w + (after - %r)*0.01, 0, 100)" % alpha,
    on_post="after += 1; w = clip(w + before*0.01, 0, 100)",
)
for each in (onto_all, onto_inhibitory, learning):
    each.connect(p=200 / cells)
serve([group, onto_all, onto_inhibitory, learning], [group])
