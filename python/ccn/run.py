"""A run on the disk, `runs/NAME/`. Everything is read when it is asked for."""

import os
import re
from typing import Any, NamedTuple, Optional

from .arrays import flat, from_floats, joined, read_npz, scaled
from .errors import CcnError, cannot
from .files import is_name, names_in, number, read_json, read_lines
from .metrics import mended, row_of
from .optional import columns_of, frame, pandas
from .shapes import MANIFEST, lack
from .suggest import suggest
from .tensors import read_safetensors
from .units import Unit, unit_in

MOST_MANIFEST = 1 << 26
_CHECKPOINTS = {"latest": "checkpoint.safetensors", "best": "best.safetensors"}
_COPY = re.compile(r"seed--?\d{1,16}")
_PART = re.compile(r"part-(\d{1,9})\.npz")


class Record(NamedTuple):
    """What was recorded or measured under a name along time."""

    name: str
    #: Seconds in a run by a clock, otherwise numbers of steps: [times].
    times: Any
    #: [times, ...], in SI.
    values: Any
    #: What it is told in, if it has a unit.
    unit: Optional[Unit] = None
    #: Of times: `s`, or `steps`.
    time_unit: str = "steps"
    #: Of a weight by synapse: the units that each joins, [synapses].
    pre: Any = None
    post: Any = None

    @property
    def told(self):
        """The values in `unit`."""
        return self.values if self.unit is None else scaled(self.values, self.unit.scale)

    def frame(self):
        """A DataFrame: a row a time, a column a unit; values in `unit`, if there is one."""
        if pandas() is None:
            raise CcnError("A DataFrame needs pandas.", "Install it by `pip install pandas`.")
        values = self.told
        table = pandas().DataFrame(values.reshape(len(values), -1))
        table.index = pandas().Index(self.times, name=f"time [{self.time_unit}]")
        return table


class Events(NamedTuple):
    """Events of units along time, one entry each: at `times[k]`, of the unit `cells[k]`."""

    name: str
    times: Any
    cells: Any
    #: How many units there are.
    size: int
    #: Numbers of the examples that ran side by side; None where there is one.
    examples: Any = None
    #: The first and the last time that were looked at.
    span: Any = (0, 0)
    time_unit: str = "steps"


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
        asked = self._asked(names)
        parts = {}
        for arrays in self._parts(asked):
            for name in asked:
                times = _first(arrays, f"t({name})", f"step({name})")
                if name in arrays and times is not None and f"cell({name})" not in arrays:
                    parts.setdefault(name, []).append((times, arrays[name], arrays))
        units, time_unit = self.units, self._time_unit
        measured = self._measured([name for name in asked if name not in parts])
        found = {}
        for name in asked:
            if name in parts:
                times, values, first = zip(*parts[name])
                ends = {end: first[0].get(f"{end}({name})") for end in ("pre", "post")}
                found[name] = Record(
                    name, self._joined(times), self._joined(values), units.get(name), time_unit, **ends
                )
            elif measured.get(name):
                times, values = zip(*measured[name])
                found[name] = Record(name, from_floats(times), from_floats(values), units.get(name), time_unit)
        return found

    def events(self, names=None):
        """Events that were recorded as lists, by names such as `times(h.s)`, as Events; default: all of them."""
        asked = self._asked(names)
        parts = {}
        for arrays in self._parts(asked):
            for name in asked:
                if name in arrays and f"cell({name})" in arrays:
                    parts.setdefault(name, []).append(arrays)
        found = {}
        for name, pieces in parts.items():
            column = lambda form: [piece[form] for piece in pieces if form in piece]  # noqa: E731
            examples = column(f"example({name})")
            seen = [flat(each) for each in column(f"seen({name})")] or [[0, 0]]
            sizes = [flat(each)[0] for each in column(f"size({name})")] or [1]
            found[name] = Events(
                name,
                self._joined(column(name)),
                self._joined(column(f"cell({name})")),
                int(max(sizes)),
                self._joined(examples) if len(examples) == len(pieces) else None,
                (self._time(seen[0][0]), self._time(seen[-1][-1])),
                self._time_unit,
            )
        return found

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

    def _asked(self, names):
        if names is None:
            return self.recorded
        asked = [names] if isinstance(names, str) else list(names)
        for name in asked:
            if name not in self.recorded:
                guess = suggest(name, self.recorded)
                hint = f"Did you mean {guess}?" if guess else f"It has {', '.join(self.recorded) or 'nothing'}."
                raise CcnError(f"Run {self.name} records no {name}.", hint)
        return asked

    def _parts(self, names):
        folder = os.path.join(self.path, "records")
        if os.path.islink(folder):
            raise cannot("read", folder, "it is a link")
        parts = [(int(match[1]), name) for name in names_in(folder) for match in [_PART.fullmatch(name)] if match]
        forms = ("", "t", "step", "pre", "post", "cell", "example", "size", "seen")
        wanted = {f"{form}({name})" if form else name for name in names for form in forms}
        for count, name in sorted(parts):
            if count > 0:
                yield read_npz(os.path.join(folder, name), wanted.__contains__)

    def _joined(self, parts):
        try:
            return joined(list(parts))
        except ValueError as error:
            raise cannot("read", os.path.join(self.path, "records"), f"{error}") from None

    @property
    def _clock(self):
        clock = self.manifest["plan"].get("clock")
        return clock if isinstance(clock, dict) else None

    @property
    def _time_unit(self):
        return "s" if self._clock else "steps"

    def _time(self, step):
        """Seconds before a step, without the last bits that a product leaves."""
        return float(f"{step * self._clock['step']:.12g}") if self._clock else step

    def _measured(self, names):
        found = {name: [] for name in names}
        path = os.path.join(self.path, "metrics.jsonl")
        if not names or not os.path.lexists(path):
            return found
        for record in read_lines(path):
            measures = record.get("measures")
            if record.get("kind") != "step" or not isinstance(measures, dict):
                continue
            for name, points in found.items():
                if name in measures:
                    points.append((self._time(number(record.get("step"))), number(measures[name])))
        return found


def _first(arrays, *names):
    return next((arrays[name] for name in names if name in arrays), None)


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
