"""The circuit of examples/spiking.ccn in Brian2's C++ standalone mode, as a peer of the benchmarks.

Arguments: cells of each ensemble, folder to build in, steps of a run. Two all-to-all ensembles, the same equations by forward
Euler with the same step, the same noise, the same plasticity, no teacher. Written for speed: impulses of
current are added to potentials where they arrive, ensemble averages are two numbers for each ensemble, and
one matrix takes both the events and the bursts down. Differences: what arrives acts a part of a step earlier
or later, and the dendrite's adaptation reads the potential before the step.

First prints a line on itself (JSON) when it is built. Then answers each line of standard input by one line:
`time STEPS` (seconds that so many steps took, without start-up), `rate` (the average event rate of the outputs at
the end of the last of these runs, in Hz).
"""

import json
import logging
import sys
import warnings

warnings.filterwarnings("ignore")
from brian2 import (
    NeuronGroup, Network, Synapses, defaultclock, device, linked_var, ms, mV, nA, nS, pA, pF, prefs, second,
    set_device,
)
import brian2
import numpy

logging.disable(logging.WARNING)
cells, folder = int(sys.argv[1]), sys.argv[2]
STEPS = int(sys.argv[3])
set_device("cpp_standalone", directory=folder, build_on_run=False)
prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O3", "-ffast-math", "-march=native"]
defaultclock.dt = 1 * ms

equations = """
plateau = 1 / (1 + exp(-(u + 38*mV) / (6*mV))) : 1
dv/dt = (-(370*pF/(16*ms))*(v + 70*mV) + 1300*pA*plateau + w*stimulus + noise_v
         + 50*pA - 143*pA*probability - w_v) / (370*pF) : volt
dtheta/dt = (-50*mV - theta) / (27*ms) : volt
dw_v/dt = -w_v / (100*ms) : amp
du/dt = (-(170*pF/(7*ms))*(u + 70*mV) + 1200*pA*plateau + 2600*pA*int(t - last < 2.5*ms)
         + noise_u + drive - w_u) / (170*pF) : volt
dw_u/dt = (-w_u + 13*nS*(u + 70*mV)) / (30*ms) : amp
probability : 1 (linked)
noise_v : amp
noise_u : amp
last : second
bursting : 1
w : 1
stimulus : amp (constant, shared)
drive : amp (constant, shared)
"""
noise = """
soma_up = rand()
soma_down = rand()
dendrite_up = rand()
dendrite_down = rand()
noise_v = 2*nA * (int(soma_up < 0.15) - int(soma_down < 0.15))
noise_u = 4/3.*nA * (int(dendrite_up < 0.3) - int(dendrite_down < 0.3)) - 10*pA
"""
averages = """
devent_rate/dt = -event_rate / second : 1
dburst_rate/dt = -burst_rate / second : 1
probability = burst_rate / (event_rate + 1e-12) + 0.375 * int(event_rate <= 0) : 1
"""


def ensemble(stimulus, drive, learns):
    mean = NeuronGroup(1, averages, method="euler")
    group = NeuronGroup(
        cells,
        equations,
        method="euler",
        threshold="v >= theta",
        reset="v = -70*mV; theta += 2*mV; w_v += 0.2*pA; last = t",
        events={
            "event": "v >= theta and t - last > 16.5*ms",
            "burst": "v >= theta and t - last <= 16.5*ms and bursting < 0.5",
        },
    )
    group.probability = linked_var(mean, "probability", index=numpy.zeros(cells, dtype=int))
    group.v = group.u = -70 * mV
    group.theta = -50 * mV
    group.last = -1 * second
    group.w = 0.4
    group.stimulus = stimulus
    group.drive = drive
    group.run_regularly(noise, when="start")
    learning = {"event": "w = clip(w - 0.046*0.375, 0, 1.5)", "burst": "w = clip(w + 0.046, 0, 1.5)"}
    for name, becomes in (("event", 0), ("burst", 1)):
        code = "bursting = %d" % becomes
        group.run_on_event(name, code + ("; " + learning[name] if learns else ""))
    count = Synapses(
        group,
        mean,
        on_pre={"of_events": "event_rate += 1/%d." % cells, "of_bursts": "burst_rate += 1/%d." % cells},
        on_event={"of_events": "event", "of_bursts": "burst"},
    )
    count.connect()
    return group, mean, count


inputs, inputs_mean, inputs_count = ensemble(200 * pA, 0 * pA, True)
outputs, outputs_mean, outputs_count = ensemble(0 * pA, 42 * pA, False)
# One matrix up, one down; impulses of one step are steps of the potential.
up = Synapses(inputs, outputs, "g : volt", on_pre="v_post += g", on_event="event")
up.connect()
up.g = 22 * nA / cells * ms / (370 * pF)
down = Synapses(
    outputs,
    inputs,
    "g : volt",
    on_pre={"of_events": "u_post += -0.375*g", "of_bursts": "u_post += g"},
    on_event={"of_events": "event", "of_bursts": "burst"},
    delay={"of_events": 1 * ms, "of_bursts": 1 * ms},
)
down.connect()
down.g = 420 / cells * 22 * nA / cells * ms / (170 * pF)

network = Network(
    inputs, inputs_mean, inputs_count, outputs, outputs_mean, outputs_count, up, down
)
network.run(STEPS * ms)
device.build(directory=folder, compile=True, run=False, debug=False)


def run():
    device.run(folder, False, [])
    return device._last_run_time


run()
print(json.dumps({"version": brian2.__version__}), flush=True)
for line in sys.stdin:
    word, *rest = line.split()
    if word == "time":
        print(run() * int(rest[0]) / STEPS, flush=True)
    else:
        print(float(outputs_mean.event_rate[0]), flush=True)
