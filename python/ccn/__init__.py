"""
CCN, a language for cortical circuits that learn, from Python: what runs and sweeps came to as DataFrames and
arrays, and the command `ccn` as functions. numpy and pandas are used where they are there. In a notebook,
`%load_ext ccn` gives cells that begin with `%%ccn`.
"""

from .errors import CcnError, CheckError, Interrupted, NodeMissing
from .recording import Events, Record
from .run import Run, open_run
from .sweep import Point, Sweep, open_sweep
from .units import Unit
from .working import check, describe, graph, sweep, train

__all__ = [
    "CcnError",
    "CheckError",
    "Events",
    "Interrupted",
    "NodeMissing",
    "Point",
    "Record",
    "Run",
    "Sweep",
    "Unit",
    "check",
    "describe",
    "graph",
    "open_run",
    "open_sweep",
    "sweep",
    "train",
]
__version__ = "0.1.0"


def load_ipython_extension(shell):
    """What `%load_ext ccn` calls."""
    from .notebook import load

    load(shell)
