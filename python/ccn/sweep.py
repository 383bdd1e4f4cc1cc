"""A sweep on the disk, `sweeps/NAME/`, with what its points came to. Everything is read when it is asked for."""

import math
import os
import re

from .errors import CcnError, cannot
from .estimates import estimate
from .figures import figure_in
from .files import is_name, names_in, read_json
from .metrics import row_of
from .optional import columns_of, frame
from .recording import Recording, names_in_parts
from .rounds import last_of_each, planned_points, rounds_of, score_of
from .shapes import SWEEP, lack
from .store import Store, is_key
from .suggest import suggest
from .tensors import read_safetensors
from .units import unit_in

MOST_DEFINITION = 1 << 29
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


def _is_whole(plan, result):
    """Whether a point has come to what a figure is of: one that was given up has not come to its end or best epoch."""
    return result is not None and (result["status"] != "given up" or plan["when"]["at"] == "epoch")


class Sweep:
    """See `open_sweep`."""

    def __init__(self, path, store):
        self.path = path
        file = os.path.join(path, "sweep.json")
        self.definition = read_json(file, MOST_DEFINITION)
        problem = _problem(self.definition)
        if problem:
            raise cannot("read", file, problem)
        self._store = Store(store)

    def __repr__(self):
        progress = self.progress()
        return f"<sweep {self.name} of {self.definition.get('model')}, {progress['done']} of {progress['points']} done>"

    @property
    def name(self):
        return os.path.basename(os.path.abspath(self.path))

    def progress(self):
        """How many points there are (`points`), and are `done`, `given up` and `failed`."""
        results = self._store.results()
        points = self._begun(results)
        states = [results[point["key"]]["status"] for point in points if point["key"] in results]
        count = {state: states.count(state) for state in ("done", "given up", "failed")}
        return {"points": planned_points(self.definition), **count}

    @property
    def units(self):
        """What figures are told in, by label, as far as they have a unit; values are in SI."""
        known = self.definition.get("units", {})
        found = {plan["label"]: unit_in(known.get(plan["figure"])) for plan in self._figures(self._store.results())}
        return {label: unit for label, unit in found.items() if unit}

    def points(self):
        """Every point, a row each: what varies, by name, `seed`, and its `key`; of a search, the rounds begun."""
        rows = [_named(point) for point in self._begun(self._store.results())]
        return frame(_numbered(rows, self._varied), columns_of(rows))

    def results(self, told=False):
        """
        What every point came to, a row each: what varies, `seed`, `status` (`done`, `given up`, `failed`, `pending`),
        the figures by their labels, `seconds`, `reason` of a failure, `key`. Figures are in SI, or in their units
        where `told`.
        """
        results = self._store.results()
        plans = self._figures(results)
        scales = self._scales(told)
        rows = []
        for point in self._begun(results):
            result = results.get(point["key"])
            named = _named(point)
            key = named.pop("key")
            row = {**named, "status": result["status"] if result else "pending"}
            for plan in plans:
                value = self._value(plan, result)
                row[_free(plan["label"], named)] = math.nan if value is None else value / scales.get(plan["label"], 1)
            row["seconds"] = result.get("seconds", math.nan) if result else math.nan
            row["reason"] = result.get("reason") if result else None
            rows.append({**row, "key": key})
        return frame(_numbered(rows, self._varied), columns_of(rows))

    def summary(self, told=False):
        """
        A row for each combination of what varies, over its seeds: `n`, the number of points that are done or given up
        (those are only in means of figures at an epoch that they came to),
        and of every figure the mean under its label, the standard error of the mean (`LABEL se`), and the bounds of a
        95 % interval by bootstrap (`LABEL low`, `LABEL high`), as `ccn sweep` prints them, and how many points have the
        figure (`LABEL n`). Of a search the best first.
        """
        results = self._store.results()
        plans = self._figures(results)
        scales = self._scales(told)
        rows = []
        for points in self._groups(results):
            found = [results.get(point["key"]) for point in points]
            row = {**points[0]["values"], "n": sum(1 for each in found if each and each["status"] != "failed")}
            for plan in plans:
                label, scale = plan["label"], scales.get(plan["label"], 1)
                came = estimate([self._value(plan, result) if _is_whole(plan, result) else None for result in found])
                low, high = came.interval or (None, None)
                name = _free(label, points[0]["values"])
                for column, value in ((name, came.mean), (f"{name} se", came.standard_error)):
                    row[column] = math.nan if value is None else value / scale
                for column, value in ((f"{name} low", low), (f"{name} high", high)):
                    row[column] = math.nan if value is None else value / scale
                row[f"{name} n"] = came.count
            rows.append(row)
        return frame(_numbered(rows, self._varied), columns_of(rows))

    def failures(self):
        """The points that failed: rows of `results()`, each with its `reason`, as a list of dicts."""
        results = self._store.results()
        return [
            {**_named(point), "reason": results[point["key"]].get("reason", "")}
            for point in self._begun(results)
            if results.get(point["key"], {}).get("status") == "failed"
        ]

    def point(self, point):
        """
        A point that has been run, as a Point. It is its number in `points()`, its key, or a dict of what it has, e.g.
        `{"rate": 2, "seed": 1}`, if only one has that.
        """
        found, result = self._result(point)
        return Point(self, _named(found), result)

    def metrics(self, point, kind=None):
        """Every measured step, epoch and phase of a point: see `point` and `Point.metrics`."""
        return self.point(point).metrics(kind)

    def weights(self, point):
        """The weights of a point at its end: see `point` and `Point.weights`."""
        return self.point(point).weights()

    @property
    def _varied(self):
        return list(dict.fromkeys(name for point in self.definition["points"] for name in point["values"]))

    def _begun(self, results):
        rounds = rounds_of(self.definition, self._store, results)
        return [point for every in rounds for combination in every for point in combination]

    def _groups(self, results):
        groups = last_of_each(rounds_of(self.definition, self._store, results))
        if not self.definition["plan"].get("draws", {}).get("goal"):
            return groups

        def place(points):
            found = [results.get(point["key"]) for point in points]
            epochs = float(points[0]["settings"].get("epochs", math.inf))
            return -epochs, score_of(self.definition, self._store, found)

        return sorted(groups, key=place)

    def _figures(self, results):
        """What the sweep reports; if it says nothing, the scores that its points have."""
        plans = self.definition["plan"].get("figures", [])
        if plans:
            return plans
        known = (results.get(point["key"], {}).get("last") for point in self.definition["points"])
        first = next((last for last in known if last), {})
        names = [name for name in ("error", "loss") if name in first] or list(first)
        return [{"label": name, "figure": name, "when": {"at": "end"}} for name in names]

    def _value(self, plan, result):
        if result is None or result["status"] == "failed":
            return None
        if plan["when"]["at"] == "end":
            return result.get("last", {}).get(plan["figure"])
        curves = self._store.curves(result)
        return None if curves is None else figure_in(plan, curves)

    def _scales(self, told):
        return {label: unit.scale for label, unit in self.units.items()} if told else {}

    def _result(self, point):
        results = self._store.results()
        points = self._begun(results)
        if isinstance(point, dict):
            found = [each for each in points if _has(each, point)]
            if len(found) != 1:
                raise CcnError(f"{len(found) or 'No'} points of sweep {self.name} have {point}; say one.")
        elif isinstance(point, str):
            found = [each for each in points if each["key"] == point]
        else:
            found = points[point : point + 1] if 0 <= point < len(points) else []
        if not found:
            raise CcnError(f"Sweep {self.name} has no point {point}; it has {len(points)}, numbered from 0.")
        key = found[0]["key"]
        if key not in results:
            raise CcnError(f"The point {key[:8]} of sweep {self.name} has not been run yet.")
        return found[0], results[key]


class Point:
    """See `Sweep.point`. Everything is read when it is asked for."""

    def __init__(self, sweep, named, result):
        self.sweep = sweep
        #: What tells it from the others: what varies, `seed`, and its `key`.
        self.named = named
        #: How it ended: `status`, `seconds`, `last` (every figure at its end), ...
        self.result = result
        self._store = sweep._store

    def __repr__(self):
        said = " ".join(f"{name}={value}" for name, value in self.named.items() if name != "key")
        return f"<point {said or self.key[:8]} of sweep {self.sweep.name}, {self.status}>"

    @property
    def key(self):
        return self.named["key"]

    @property
    def status(self):
        """`done`, `given up` or `failed`."""
        return self.result["status"]

    @property
    def units(self):
        """What figures and records are told in, by name, as far as they have a unit."""
        found = {name: unit_in(entry) for name, entry in self.sweep.definition.get("units", {}).items()}
        return {name: unit for name, unit in found.items() if unit}

    def metrics(self, kind=None):
        """
        Every measured step, epoch and phase, in order: a DataFrame (see `row_of`), or a list of dicts without pandas. `kind`
        is `epoch`, `step` or `phase` for those alone. Values are in SI; see `units`.
        """
        rows = [row_of(record) for record in self._curves() if kind in (None, record.get("kind"))]
        return frame(rows, columns_of(rows))

    @property
    def recorded(self):
        """The names of all that is recorded and measured."""
        measured = [name for record in self._curves() for name in (record.get("measures") or {}) if record["kind"] == "step"]
        return list(dict.fromkeys([*names_in_parts(self._records), *measured]))

    def records(self, names=None):
        """What was recorded or measured under these names along time, as Record by name; default: everything."""
        return self._recording().records(names)

    def events(self, names=None):
        """Events that were recorded as lists, by names such as `times(h.s)`, as Events; default: all of them."""
        return self._recording().events(names)

    def weights(self):
        """Weights, biases and states at its end, as arrays by name, where the sweep kept them (`--weights`)."""
        path = os.path.join(self._store.path, "weights", f"{self.key}.safetensors")
        if not os.path.lexists(path):
            raise CcnError(f"Sweep {self.sweep.name} keeps no weights of that point.", "Run it with `weights=True`.")
        return read_safetensors(path)[0]

    def _curves(self):
        curves = self._store.curves(self.result)
        if curves is None:
            raise CcnError(
                f"The curves of the point {self.key[:8]} are missing or damaged.",
                "`ccn sweep` makes them again.",
            )
        return curves

    @property
    def _records(self):
        return os.path.join(self._store.path, "records", self.key)

    def _recording(self):
        title = f"The point {self.key[:8]} of sweep {self.sweep.name}"
        step = self.result.get("step")
        return Recording(title, self._records, lambda: self.recorded, self.units, step, self._curves)


def _named(point):
    seed = {} if point.get("seed") is None else {"seed": point["seed"]}
    more = {"epochs": point["settings"]["epochs"]} if "epochs" in point["settings"] else {}
    return {**more, **point["values"], **seed, "key": point["key"]}


def _has(point, wanted):
    known = _named(point)
    return all(name in known and _same(known[name], value) for name, value in wanted.items())


def _same(text, value):
    if isinstance(text, str) and _NUMBER.fullmatch(text) and not isinstance(value, str):
        return float(text) == value
    return str(text) == str(value)


def _free(label, taken):
    """A figure's column; a parameter may have the same name."""
    return f"figure {label}" if label in taken else label


def _numbered(rows, names):
    """Rows in which the columns that hold numbers throughout are numbers; they vary as texts of the language."""
    numeric = [name for name in names if all(_NUMBER.fullmatch(row.get(name, "")) for row in rows)]
    return [{**row, **{name: _number(row[name]) for name in numeric if name in row}} for row in rows]


def _number(text):
    return int(text) if re.fullmatch(r"[-+]?\d{1,18}", text) else float(text)


def _problem(sweep):
    """Why a definition is none; None if it is one."""
    if sweep.get("format") != "sweep 1":
        return "it is no definition of a sweep, or of another version of ccn"
    place = lack(sweep, SWEEP)
    if place is not None:
        return f"{place[1:]} is not what it should be"
    if not all(is_key(point["key"]) for point in sweep["points"]):
        return "a point has no key"
    goal = sweep["plan"].get("draws", {}).get("goal", {})
    if goal.get("halving", 2) < 2:
        return "plan.draws.goal.halving is not what it should be"
    figures = [*sweep["plan"].get("figures", []), *([goal["figure"]] if goal else [])]
    needed = {"epoch": "epoch", "last": "epochs"}
    if any(needed.get(each["when"]["at"], "at") not in each["when"] for each in figures):
        return "a figure does not say of which epochs it is"
    epochs = (point["settings"].get("epochs", "1") for point in sweep["points"])
    return None if all(_NUMBER.fullmatch(each) for each in epochs) else "a point has no number of epochs"


def open_sweep(name, sweeps="sweeps"):
    """The sweep of that name in the folder `sweeps`. Raises CcnError if there is none."""
    if not is_name(name):
        raise CcnError(f'A sweep\'s name is made of letters, digits, ".", "-" and "_", not {name!r}.')
    path = os.path.join(sweeps, name)
    if os.path.isfile(os.path.join(path, "sweep.json")):
        return Sweep(path, os.path.join(sweeps, ".store"))
    names = [each for each in names_in(sweeps) if os.path.isfile(os.path.join(sweeps, each, "sweep.json"))]
    guess = suggest(name, names)
    hint = f"Did you mean {guess}?" if guess else (f"Its sweeps are {', '.join(names[:20])}." if names else None)
    raise CcnError(f"There is no sweep {name} in {sweeps}.", hint)
