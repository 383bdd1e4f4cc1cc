"""Networks of spiking cells in Brian2 (numpy target, double precision), from given draws, spike by spike.

    python3 brian_networks.py [NAME ...]      # Debian: apt-get install python3-brian

writes `../sparse/fixtures/NAME.npz`: what cells start from, what is presented, and what came of it: `step` and `cell` of every
spike, and final weights where there are any; and for each projection X `NAME.X.npz`: its pairs, `pre` and `post`, counted within
the slices that it joins, in ascending order. The circuits are `../sparse/NAME.ccn`.

Where Brian2 leaves a choice, it is made as the language says: what a spike delivers is the weight before the changes of its own
step.
"""

import os
import sys
import warnings

warnings.filterwarnings("ignore")
import numpy
from brian2 import (
    Hz, Network, NeuronGroup, SpikeGeneratorGroup, SpikeMonitor, Synapses, amp, defaultclock, ms, mV, nS, pA, pF, prefs, second,
    siemens, start_scope, volt,
)

prefs.codegen.target = "numpy"
STEP = 0.1 * ms
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sparse", "fixtures")


def pairs(random, pre, post, probability):
    return numpy.argwhere(random.rand(pre, post) < probability)


def in_degree(random, pre, post, count):
    """As many for each post cell, without repeats; in ascending order of (pre, post)."""
    joined = numpy.zeros((pre, post), bool)
    for each in range(post):
        joined[random.permutation(pre)[:count], each] = True
    return numpy.argwhere(joined)


def join(synapses, found):
    synapses.connect(i=found[:, 0], j=found[:, 1])
    return synapses


def run(name, objects, group, seconds, draws, results=lambda: {}):
    monitor = SpikeMonitor(group)
    Network(objects + [monitor]).run(seconds * second)
    step = numpy.rint(monitor.t / STEP).astype(numpy.uint16)
    arrays = {**draws, "step": step, "cell": numpy.array(monitor.i).astype(numpy.uint16), **results()}
    numpy.savez_compressed(os.path.join(FOLDER, name + ".npz"), **arrays)
    rate = len(step) / len(group) / seconds
    print(f"{name}: {len(group)} cells, {len(step)} spikes in {seconds} s, {rate:.1f} Hz")


def listed(name, **found):
    """Writes the pairs of projections."""
    for key, value in found.items():
        pre, post = value.astype(numpy.uint16).T
        numpy.savez_compressed(os.path.join(FOLDER, f"{name}.{key}.npz"), pre=pre, post=post)




def lif(cells, equations, method="exponential_euler"):
    return NeuronGroup(
        cells, equations, threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms, method=method
    )


def coba():
    """400 cells, so that 80 synapses end on each with a probability of 0.2; 1 s."""
    random, cells, edge = numpy.random.RandomState(1), 400, 320
    group = lif(
        cells,
        """
        dv/dt = (-60*mV - v + (ge*(0*mV - v) + gi*(-80*mV - v)) / (10*nS) + 20*mV) / (20*ms) : volt (unless refractory)
        dge/dt = -ge / (5*ms) : siemens
        dgi/dt = -gi / (10*ms) : siemens
        """,
    )
    v = -0.060 + (random.randn(cells) * 5 - 5) * 1e-3
    ge = (random.randn(cells) * 1.5 + 4) * 10e-9
    gi = (random.randn(cells) * 12 + 20) * 10e-9
    group.v, group.ge, group.gi = v * volt, ge * siemens, gi * siemens
    e, i = pairs(random, edge, cells, 0.2), pairs(random, cells - edge, cells, 0.2)
    excitatory = join(Synapses(group[:edge], group, on_pre="ge += 6*nS"), e)
    inhibitory = join(Synapses(group[edge:], group, on_pre="gi += 67*nS"), i)
    listed("coba", E=e, I=i)
    run("coba", [group, excitatory, inhibitory], group, 1, dict(v=v, ge=ge, gi=gi))


def cuba():
    """As coba, with currents."""
    random, cells, edge = numpy.random.RandomState(2), 400, 320
    group = lif(
        cells,
        """
        dv/dt = (ge + gi - (v + 49*mV)) / (20*ms) : volt (unless refractory)
        dge/dt = -ge / (5*ms) : volt
        dgi/dt = -gi / (10*ms) : volt
        """,
    )
    v = -0.060 + random.rand(cells) * 10e-3
    group.v = v * volt
    e, i = pairs(random, edge, cells, 0.2), pairs(random, cells - edge, cells, 0.2)
    excitatory = join(Synapses(group[:edge], group, on_pre="ge += 1.62*mV"), e)
    inhibitory = join(Synapses(group[edge:], group, on_pre="gi -= 9*mV"), i)
    listed("cuba", E=e, I=i)
    run("cuba", [group, excitatory, inhibitory], group, 1, dict(v=v))


def brunel():
    """500 cells with 40 + 10 synapses each, delta pulses, and spikes from 100 sources outside, 20 synapses each."""
    random, cells, edge, sources, steps = numpy.random.RandomState(3), 500, 400, 100, 5000
    group = NeuronGroup(
        cells,
        "dv/dt = -v / (20*ms) : volt (unless refractory)",
        threshold="v > 20*mV",
        reset="v = 10*mV",
        refractory=2 * ms,
        method="exact",
    )
    v = random.rand(cells) * 20e-3
    group.v = v * volt
    fired = numpy.argwhere(random.rand(steps, sources) < 0.03)
    outside = SpikeGeneratorGroup(sources, fired[:, 1], fired[:, 0] * STEP)
    e = in_degree(random, edge, cells, 40)
    i = in_degree(random, cells - edge, cells, 10)
    x = in_degree(random, sources, cells, 20)
    objects = [
        join(Synapses(group[:edge], group, on_pre="v += 0.2*mV", delay=1.5 * ms), e),
        join(Synapses(group[edge:], group, on_pre="v -= 1*mV", delay=1.5 * ms), i),
        join(Synapses(outside, group, on_pre="v += 0.2*mV", delay=1.5 * ms), x),
    ]
    given = dict(outside_step=fired[:, 0].astype(numpy.uint16), outside_cell=fired[:, 1].astype(numpy.uint8))
    listed("brunel", E=e, I=i, X=x)
    run("brunel", [group, outside] + objects, group, steps * 1e-4, dict(v=v, **given))


def vogels():
    """400 + 100 cells; inhibitory synapses onto excitatory cells learn, with a rate of 0.05, from 1 nS."""
    random, cells, edge = numpy.random.RandomState(4), 500, 400
    group = lif(
        cells,
        """
        dv/dt = (10*nS*(-60*mV - v) - ge*v - gi*(v + 80*mV) + 200*pA) / (200*pF) : volt (unless refractory)
        dge/dt = -ge / (5*ms) : siemens
        dgi/dt = -gi / (10*ms) : siemens
        """,
    )
    v = -0.060 + random.rand(cells) * 10e-3
    group.v = v * volt
    e = pairs(random, edge, cells, 0.1)
    ii = pairs(random, cells - edge, cells - edge, 0.1)
    ie = pairs(random, cells - edge, edge, 0.1)
    onto_all = join(Synapses(group[:edge], group, on_pre="ge += 1.2*nS"), e)
    onto_inhibitory = join(Synapses(group[edge:], group[edge:], on_pre="gi += 12*nS"), ii)
    learning = join(
        Synapses(
            group[edge:],
            group[:edge],
            """
            w : siemens
            dbefore/dt = -before / (20*ms) : 1 (event-driven)
            dafter/dt = -after / (20*ms) : 1 (event-driven)
            """,
            on_pre="gi += w; before += 1; w = clip(w + 0.05*nS*(after - 0.12), 0*nS, 100*nS)",
            on_post="after += 1; w = clip(w + 0.05*nS*before, 0*nS, 100*nS)",
        ),
        ie,
    )
    learning.w = 1 * nS
    objects = [group, onto_all, onto_inhibitory, learning]
    listed("vogels", E=e, II=ii, IE=ie)
    run("vogels", objects, group, 1, dict(v=v), lambda: {"w": numpy.array(learning.w / siemens)})


def adex():
    """100 cells of two compartments; Tsodyks-Markram synapses with a delay of 1 ms, everything by forward Euler."""
    random, cells = numpy.random.RandomState(5), 100
    group = NeuronGroup(
        cells,
        """
        dv/dt = (10*nS*(-70*mV - v) + 20*pA*exp((v + 50*mV) / (2*mV)) + 5*nS*(u - v) - w) / (200*pF) : volt
        dw/dt = (2*nS*(v + 70*mV) - w) / (100*ms) : amp
        du/dt = (5*nS*(-70*mV - u) + 5*nS*(v - u) + arriving + bias) / (100*pF) : volt
        darriving/dt = -arriving / (5*ms) : amp
        bias : amp (constant)
        """,
        threshold="v > -30*mV",
        reset="v = -58*mV; w += 20*pA",
        method="euler",
    )
    group.v = group.u = -70 * mV
    bias = (BIAS[0] + BIAS[1] * random.rand(cells)) * 1e-12
    group.bias = bias * amp
    found = pairs(random, cells, cells, 0.2)
    synapses = join(
        Synapses(
            group,
            group,
            """
            dutilised/dt = (0.2 - utilised) / (500*ms) : 1 (clock-driven)
            davailable/dt = (1 - available) / (200*ms) : 1 (clock-driven)
            """,
            on_pre="""
            utilised += 0.2*(1 - utilised)
            arriving += 60*pA*utilised*available
            available -= utilised*available
            """,
            delay=1 * ms,
            method="euler",
        ),
        found,
    )
    synapses.utilised = 0.2
    synapses.available = 1
    listed("adex", S=found)
    run("adex", [group, synapses], group, 1, dict(bias=bias))


BIAS = (550, 150)


def plastic():
    """160 + 40 cells; excitatory synapses learn by pairs of spikes, with a delay of each synapse, weights drawn."""
    random, cells, edge = numpy.random.RandomState(6), 200, 160
    group = lif(
        cells,
        """
        dv/dt = (ge + gi - (v + 49*mV)) / (20*ms) : volt (unless refractory)
        dge/dt = -ge / (5*ms) : volt
        dgi/dt = -gi / (10*ms) : volt
        """,
    )
    v = -0.060 + random.rand(cells) * 10e-3
    group.v = v * volt
    e = in_degree(random, edge, cells, 24)
    i = in_degree(random, cells - edge, cells, 6)
    weights = random.rand(len(e)) * 9e-3
    delays = random.randint(1, 51, len(e))
    excitatory = join(
        Synapses(
            group[:edge],
            group,
            """
            w : volt
            dbefore/dt = -before / (20*ms) : 1 (event-driven)
            dafter/dt = -after / (20*ms) : 1 (event-driven)
            """,
            on_pre="ge += w; before += 1; w = w - 0.0105*mV*after",
            on_post="after += 1; w = w + 0.01*mV*before",
        ),
        e,
    )
    excitatory.w = weights * volt
    excitatory.pre.delay = delays * STEP
    inhibitory = join(Synapses(group[edge:], group, on_pre="gi -= 24*mV", delay=0.8 * ms), i)
    listed("plastic", E=e, I=i)
    draws = dict(v=v, start=weights, delay=delays * 1e-4)
    objects = [group, excitatory, inhibitory]
    run("plastic", objects, group, 1, draws, lambda: {"w": numpy.array(excitatory.w / volt)})


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    for each in sys.argv[1:] or ["coba", "cuba", "brunel", "vogels", "adex", "plastic"]:
        start_scope()
        defaultclock.dt = STEP
        globals()[each]()
