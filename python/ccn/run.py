"""A run on the disk, `runs/NAME/`. Everything is read when it is asked for."""

import os
import re

from .errors import CcnError, cannot
from .files import is_name, names_in, read_json, read_lines
from .metrics import mended, row_of
from .optional import columns_of, frame
from .recording import Recording
from .shapes import MANIFEST, lack
from .suggest import suggest
from .tensors import read_safetensors
from .units import Unit, unit_in

MOST_MANIFEST = 1 << 26
_CHECKPOINTS = {"latest": "checkpoint.safetensors", "best": "best.safetensors"}
_COPY = re.compile(r"seed--?\d{1,16}")


class Run:
    """See `open_run`."""

    def __init__(self, path):
        self.path = path
        file = os.path.join(path, "manifest.json")
        self.manifest = read_json(file, MOST_MANIFEST)
        if self.manifest.get("format") != "run 1":
            raise cannot("read", file, "it is no manifest of a run, or of another version of ccn")
        place = lack(self.manifest, MANIFEST)
        if place is not None:
            raise cannot("read", file, f"{place[1:]} is not what it should be")

    def __repr__(self):
        return f"<run {self.name} of {self.manifest.get('model')}, {self.status}>"

    @property
    def name(self):
        path = os.path.abspath(self.path)
        of, name = os.path.split(path)
        if _COPY.fullmatch(name) and os.path.isfile(os.path.join(of, "manifest.json")):
            return f"{os.path.basename(of)}/{name}"
        return name

    @property
    def copies(self):
        """The copies of a run of several (`replicate 8 seeds`), by seed, each a run; none of one by itself."""
        plan = self.manifest["plan"]
        count, first = plan.get("replicate", 1), plan.get("seed")
        # A manifest may come from anywhere, and there is a folder for each copy that there is.
        if not isinstance(count, int) or not isinstance(first, int) or count < 2:
            return {}
        seeds = sorted(int(name[len("seed-") :]) for name in names_in(self.path) if _COPY.fullmatch(name))
        paths = {seed: os.path.join(self.path, f"seed-{seed}") for seed in seeds}
        return {
            seed: Run(path)
            for seed, path in paths.items()
            if first <= seed < first + count and os.path.isfile(os.path.join(path, "manifest.json"))
        }

    @property
    def status(self):
        """`finished`, `failed`, or `unfinished`: it goes on, or was cut off."""
        if "failure" in self.manifest:
            return "failed"
        return "finished" if "finishedAt" in self.manifest else "unfinished"

    @property
    def result(self):
        """The last epoch, or the last phase with figures; None before there is one."""
        result = self.manifest.get("result")
        return mended(result) if isinstance(result, dict) else None

    @property
    def units(self):
        """What figures and records are told in, by name, as far as they have a unit."""
        plan = self.manifest["plan"]
        found = {name: Unit("%", 1) for name in plan.get("scores", []) if re.match(r"error\b", name)}
        for measure in plan.get("measures", []):
            unit = unit_in(measure)
            if unit:
                found.update({name: unit for name in measure["outputs"]})
        for record in plan.get("records", []):
            for name, entry in record.get("units", {}).items():
                unit = unit_in(entry)
                if unit:
                    found[name] = unit
        return found

    def log(self):
        """The lines of `metrics.jsonl` as they are, as dicts; figures are numbers."""
        path = os.path.join(self.path, "metrics.jsonl")
        return [mended(record) for record in read_lines(path)] if os.path.lexists(path) else []

    def metrics(self, kind=None):
        """
        Every measured step, epoch and phase, in order: a DataFrame (see `row_of`), or a list of dicts without
        pandas. `kind` is `epoch`, `step` or `phase` for those alone. Values are in SI; see `units`.
        """
        rows = [row_of(record) for record in self.log() if kind in (None, record.get("kind"))]
        return frame(rows, columns_of(rows))

    @property
    def recorded(self):
        """The names of all that is recorded and measured, in the order of the experiment."""
        plan = self.manifest["plan"]
        names = []
        for record in plan.get("records", []):
            listed = [f"times({name})" for name in record.get("times", [])]
            names += [*record.get("variables", []), *record.get("weights", []), *listed]
        for measure in plan.get("measures", []):
            names += measure.get("outputs", [])
        return list(dict.fromkeys(names))

    def records(self, names=None):
        """What was recorded or measured under these names along time, as Record by name; default: everything."""
        return self._recording().records(names)

    def events(self, names=None):
        """Events that were recorded as lists, by names such as `times(h.s)`, as Events; default: all of them."""
        return self._recording().events(names)

    def weights(self, checkpoint="latest"):
        """Weights, biases and states as arrays by name, of the `latest` or the `best` checkpoint."""
        if checkpoint not in _CHECKPOINTS:
            raise CcnError(f"A run has the checkpoints 'latest' and 'best', not {checkpoint!r}.")
        path = os.path.join(self.path, _CHECKPOINTS[checkpoint])
        if not os.path.lexists(path):
            raise CcnError(f"Run {self.name} has no {checkpoint} checkpoint yet.")
        tensors, metadata = read_safetensors(path)
        if metadata.get("ccn") != "checkpoint 1":
            raise cannot("read", path, "it is no checkpoint of ccn, or of another version")
        return tensors

    def _recording(self):
        clock = self.manifest["plan"].get("clock")
        return Recording(
            f"Run {self.name}",
            os.path.join(self.path, "records"),
            lambda: self.recorded,
            self.units,
            clock["step"] if isinstance(clock, dict) else None,
            self._lines,
        )

    def _lines(self):
        path = os.path.join(self.path, "metrics.jsonl")
        return read_lines(path) if os.path.lexists(path) else []


def open_run(path_or_name, runs="runs"):
    """The run of that name in the folder `runs`, or in the folder of that path. Raises CcnError if there is none."""
    text = os.fspath(path_or_name)
    of, _, copy = text.rpartition("/")
    is_known = is_name(text) or (is_name(of) and _COPY.fullmatch(copy))
    for path in (os.path.join(runs, text), text) if is_known else (text,):
        if os.path.isfile(os.path.join(path, "manifest.json")):
            return Run(path)
    names = [name for name in names_in(runs) if os.path.isfile(os.path.join(runs, name, "manifest.json"))]
    guess = suggest(text, names)
    hint = f"Did you mean {guess}?" if guess else (f"Its runs are {', '.join(names[:20])}." if names else None)
    raise CcnError(f"There is no run {text} in {runs}.", hint)
