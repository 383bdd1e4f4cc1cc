"""How a program in PyTorch answers the benchmarks: what `torch_step.py` and its like have in common.

First prints a line on itself (JSON). Then answers each line of standard input by one line: `time STEPS` (seconds that
so many steps took), `load FILE`, `save FILE` (tensors one after the other, as 32-bit floats), `peak` (KiB of memory at
most so far).
"""

import json
import sys
import time

import torch


def _read(path, tensors):
    with open(path, "rb") as file:
        for tensor in tensors:
            data = bytearray(file.read(4 * tensor.numel()))
            tensor.copy_(torch.frombuffer(data, dtype=torch.float32).view(tensor.shape))


def _write(path, tensors):
    with open(path, "wb") as file:
        for tensor in tensors:
            file.write(tensor.contiguous().numpy().tobytes())


def _seconds(step, steps):
    begin = time.perf_counter()
    for _ in range(steps):
        step()
    return time.perf_counter() - begin


def _peak():
    with open("/proc/self/status") as status:
        return next(line.split()[1] for line in status if line.startswith("VmHWM"))


def serve(step, loaded, saved, blas="", before=lambda: None):
    """Answers until the input ends.

    step: computes one step. loaded, saved: functions that give the tensors to read into, and to write, as they are
    then. blas: the library of linear algebra. before: called before tensors are read, to begin anew.
    """
    print(json.dumps({"version": torch.__version__, "blas": blas}), flush=True)
    for line in sys.stdin:
        what, *rest = line.split()
        if what == "time":
            print(_seconds(step, int(rest[0])), flush=True)
        elif what == "load":
            before()
            _read(rest[0], loaded())
            print("loaded", flush=True)
        elif what == "save":
            _write(rest[0], saved())
            print("saved", flush=True)
        elif what == "peak":
            print(_peak(), flush=True)
