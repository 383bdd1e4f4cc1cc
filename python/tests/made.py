"""What the tests look at: a run and sweeps of a small circuit, made once by the command from this repository."""

import atexit
import json
import os
import shutil
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMMAND = ["node", os.path.join(ROOT, "bin", "ccn.js")]

MODEL = """\
/// Exclusive or.
model tiny
import { Input } from "std/cells"
import { Pyramidal, Teacher, Depressing, Facilitating, BurstDependent } from "std/burstccn"
import { xor } from "std/data"
param hidden = 4    in 1..
param rate   = 2    in 0..
population x[2]      : Input
population h[hidden] : Pyramidal(0.5)
population y[2]      : Teacher(0.5)
for (lower, upper) in [x, h, y] {
  connect lower.event -> upper.soma as W : Depressing {
    init xavier_normal(gain = 3.6)
    learn BurstDependent
  }
}
connect y.burst -> h.apical as Y : Facilitating { tied = W }
connect y.event -> h.apical as Q : Depressing { tied = -0.5 * Y }
connect y.gain -> h.above
variant random_feedback { Y: init xavier_normal(gain = 3.6) }
experiment xor {
  data xor
  present x = input, y.target = one_hot(label)
  batch 4  epochs 6  seed 1
  optimise W, k with sgd(rate = rate)
  measure error, loss, angle(W, backprop)  every 2 steps
  record h.p, W every 2 steps
}
sweep grid {
  vary variant in [none, random_feedback]
  vary rate in [1, 2]
  seeds 1..3
  report error, loss best, loss mean over last 3 epochs, loss at epoch 2, angle(W, backprop)
}
sweep halving {
  search 4 { rate = log_uniform(0.1, 4) } minimise loss halving 2
  seeds 1..2
}
"""

SPIKES = """\
/// A cell that is driven, by a clock.
model spikes
cell Driven {
  state v = 0 mV : 10 ms * dv/dt = 30 mV - v
  spike s when v > 20 mV
  on s { v = 0 mV }
}
population x[2] : Driven
experiment drive {
  step 1 ms  seed 1  duration 50 ms
  measure level = mean(x.v)  every 5 ms
  record x.v every 5 ms
  record times(x.s)
}
sweep spikes { seeds 1..2 }
"""

_folder = None


def folder():
    """The folder with `tiny.ccn`, `runs/one`, `sweeps/grid`, `sweeps/halving`, and what was printed of them."""
    global _folder
    if _folder is None and "CCN_TESTS_FOLDER" in os.environ:
        # Made by the tests that started this process.
        _folder = os.environ["CCN_TESTS_FOLDER"]
    if _folder is None:
        _folder = tempfile.mkdtemp(prefix="ccn-python-")
        atexit.register(shutil.rmtree, _folder, ignore_errors=True)
        with open(os.path.join(_folder, "tiny.ccn"), "w", encoding="utf-8") as file:
            file.write(MODEL)
        with open(os.path.join(_folder, "spikes.ccn"), "w", encoding="utf-8") as file:
            file.write(SPIKES)
        call("train", "tiny.ccn", "--name", "one", "--quiet")
        call("train", "spikes.ccn", "--name", "spikes", "--seed", "2", "--quiet")
        call("sweep", "spikes.ccn", "spikes", "--jobs", "1")
        for name in ("grid", "halving"):
            told = call("sweep", "tiny.ccn", name, "--jobs", "1", "--json", "--weights")
            with open(os.path.join(_folder, f"{name}.json"), "w", encoding="utf-8") as file:
                file.write(told.strip().split("\n")[-1])
    return _folder


def call(*arguments):
    """What the command prints."""
    return subprocess.run(
        [*COMMAND, *arguments], cwd=_folder, check=True, stdout=subprocess.PIPE, encoding="utf-8", env=environment()
    ).stdout


def environment():
    """Of the command: no colours, no pages of runs."""
    return {**os.environ, "NO_COLOR": "1", "CCN_REPORT": "0"}


def ended(name):
    """What the command says of a sweep at its end."""
    with open(os.path.join(folder(), f"{name}.json"), encoding="utf-8") as file:
        return json.load(file)


def rows(table):
    """The rows of a table as dicts, with pandas and without."""
    return table if isinstance(table, list) else table.to_dict("records")
