"""Cells of two compartments (an adaptive exponential soma, a passive dendrite) with Tsodyks-Markram synapses, 20 from each
cell on average, that end on the dendrite."""

from standalone import serve, standalone
from brian2 import NeuronGroup, Synapses, mV, ms, nS, pA, pF

cells = standalone()
group = NeuronGroup(
    cells,
    """
    dv/dt = (10*nS*(-70*mV - v) + 20*pA*exp((v + 50*mV) / (2*mV)) + 5*nS*(u - v) - w) / (200*pF) : volt
    dw/dt = (2*nS*(v + 70*mV) - w) / (100*ms) : amp
    du/dt = (5*nS*(-70*mV - u) + 5*nS*(v - u) + arriving + bias) / (100*pF) : volt
    darriving/dt = -arriving / (5*ms) : amp
    bias : amp (constant)
    fired : 1
    """,
    threshold="v > -30*mV",
    reset="v = -58*mV; w += 20*pA; fired += 1",
    method="euler",
)
group.v = group.u = -70 * mV
group.bias = "(550 + 150*rand())*pA"
synapses = Synapses(
    group,
    group,
    """
    dutilised/dt = (0.2 - utilised) / (500*ms) : 1 (event-driven)
    davailable/dt = (1 - available) / (200*ms) : 1 (event-driven)
    """,
    on_pre="""
    utilised += 0.2*(1 - utilised)
    arriving += 60*pA*utilised*available
    available -= utilised*available
    """,
    delay=1 * ms,
)
synapses.connect(p=20 / cells)
synapses.utilised = 0.2
synapses.available = 1
serve([group, synapses], [group])
