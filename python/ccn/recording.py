"""What was recorded along time, of a run or of a point of a sweep: parts that hold arrays, and what was measured."""

import os
import re
from typing import Any, NamedTuple, Optional

from .arrays import flat, from_floats, joined, read_npz, scaled
from .errors import CcnError, cannot
from .files import names_in, number
from .optional import pandas
from .suggest import suggest
from .units import Unit

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


class Recording:
    """
    What `title` recorded in a `folder` of parts. `known` gives the names; `units` are by name; `step` is the seconds of a
    step, None without a clock; `lines` gives what was measured.
    """

    def __init__(self, title, folder, known, units, step, lines):
        self.title = title
        self.folder = folder
        self.units = units
        self.step = step
        self._known = known
        self._lines = lines

    def records(self, names=None):
        """What was recorded or measured under these names along time, as Record by name; default: everything."""
        asked = self._asked(names)
        parts = {}
        for arrays in self._parts(asked):
            for name in asked:
                times = _first(arrays, f"t({name})", f"step({name})")
                if name in arrays and times is not None and f"cell({name})" not in arrays:
                    parts.setdefault(name, []).append((times, arrays[name], arrays))
        units = self.units
        measured = self._measured([name for name in asked if name not in parts])
        found = {}
        for name in asked:
            if name in parts:
                times, values, first = zip(*parts[name])
                ends = {end: first[0].get(f"{end}({name})") for end in ("pre", "post")}
                unit = "s" if f"t({name})" in first[0] else "steps"
                found[name] = Record(name, self._joined(times), self._joined(values), units.get(name), unit, **ends)
            elif measured.get(name):
                times, values = zip(*measured[name])
                found[name] = Record(name, from_floats(times), from_floats(values), units.get(name), self._time_unit)
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

    def _asked(self, names):
        if names is None:
            return self._known()
        asked = [names] if isinstance(names, str) else list(names)
        known = self._known()
        for name in asked:
            if name not in known:
                guess = suggest(name, known)
                hint = f"Did you mean {guess}?" if guess else f"It has {', '.join(known) or 'nothing'}."
                raise CcnError(f"{self.title} records no {name}.", hint)
        return asked

    def _parts(self, names):
        forms = ("", "t", "step", "pre", "post", "cell", "example", "size", "seen")
        wanted = {f"{form}({name})" if form else name for name in names for form in forms}
        for path in _parts_in(self.folder):
            yield read_npz(path, wanted.__contains__)

    def _joined(self, parts):
        try:
            return joined(list(parts))
        except ValueError as error:
            raise cannot("read", self.folder, f"{error}") from None

    @property
    def _time_unit(self):
        return "steps" if self.step is None else "s"

    def _time(self, step):
        """Seconds before a step, without the last bits that a product leaves."""
        return step if self.step is None else float(f"{step * self.step:.12g}")

    def _measured(self, names):
        found = {name: [] for name in names}
        if not names:
            return found
        for record in self._lines():
            measures = record.get("measures")
            if record.get("kind") != "step" or not isinstance(measures, dict):
                continue
            for name, points in found.items():
                if name in measures:
                    points.append((self._time(number(record.get("step"))), number(measures[name])))
        return found


def names_in_parts(folder):
    """The names of all that the parts of a folder hold, in their order."""
    found = {}
    for path in _parts_in(folder):
        arrays = read_npz(path, lambda name: True)
        marked = [name for name in arrays if any(f"{form}({name})" in arrays for form in ("t", "step", "cell"))]
        found.update(dict.fromkeys(marked))
    return list(found)


def _parts_in(folder):
    if os.path.islink(folder):
        raise cannot("read", folder, "it is a link")
    parts = [(int(match[1]), name) for name in names_in(folder) for match in [_PART.fullmatch(name)] if match]
    return [os.path.join(folder, name) for count, name in sorted(parts) if count > 0]


def _first(arrays, *names):
    return next((arrays[name] for name in names if name in arrays), None)
