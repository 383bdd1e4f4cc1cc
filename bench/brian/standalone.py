"""What the Brian2 programs of this folder share: C++ standalone mode, and answers to the benchmark.

A program describes its network and calls `serve`. That builds it, prints a line on itself (JSON: `version`, `build`, the
seconds that the build took), and then answers each line of standard input by one line:

    run     seconds that the loop over the whole duration took, from the start, without setting up
    rate    spikes a cell and second in the last of these runs, over all groups that count them (Hz)
    peak    most memory that the last of these runs had, in KiB
"""

import json
import logging
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import brian2
from brian2 import Network, defaultclock, device, ms, prefs, second, set_device

logging.disable(logging.WARNING)

PEAK = """
{
    std::ifstream status("/proc/self/status");
    std::ofstream peak("peak.txt");
    for (std::string line; std::getline(status, line);)
        if (line.compare(0, 6, "VmHWM:") == 0) peak << line.substr(6);
}
"""


def standalone(step=0.1 * ms):
    """Sets the mode; arguments of every program are the number of cells, the folder to build in, and milliseconds to run."""
    cells, folder = int(sys.argv[1]), sys.argv[2]
    set_device("cpp_standalone", directory=folder, build_on_run=False)
    prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O3", "-ffast-math", "-march=native"]
    defaultclock.dt = step
    return cells


def serve(objects, counting):
    """`counting`: groups with a variable `fired` that their reset makes larger by one."""
    folder, duration = sys.argv[2], int(sys.argv[3]) * ms
    Network(objects).run(duration)
    device.insert_code("before_end", PEAK)
    start = time.time()
    device.build(directory=folder, compile=True, run=False, debug=False)
    print(json.dumps({"version": brian2.__version__, "build": time.time() - start}), flush=True)
    for line in sys.stdin:
        print({"run": run, "rate": rate, "peak": peak}[line.strip()](folder, counting, duration), flush=True)


def run(folder, *_):
    device.run(folder, False, [])
    return device._last_run_time


def rate(_, counting, duration):
    spikes = sum(float(group.fired[:].sum()) for group in counting)
    return spikes / sum(len(group) for group in counting) / float(duration / second)


def peak(folder, *_):
    with open(folder + "/peak.txt") as file:
        return int(file.read().split()[0])
