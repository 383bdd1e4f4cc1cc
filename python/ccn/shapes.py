"""
Whether JSON has the form that its reader relies on. A form is a type (`str`; `int` for whole numbers from 0 on;
`float` for any finite number), a list `[form]`, a dict of forms by name (`"name?"` may be missing), `Each(form)` for a
dict of any names, `Maybe(form)` for null or the form, or a tuple of words of which it is one.
"""

import math
from typing import Any, NamedTuple


class Each(NamedTuple):
    """A dict of any names."""

    form: Any


class Maybe(NamedTuple):
    """Null, or the form."""

    form: Any


def lack(value, form, place=""):
    """Where a value is not of a form, e.g. `plan.measures[2]`; None where it is."""
    if isinstance(form, Maybe):
        return None if value is None else lack(value, form.form, place)
    if isinstance(form, Each):
        if not isinstance(value, dict):
            return place
        return _first(lack(each, form.form, f"{place}.{name}") for name, each in value.items())
    if isinstance(form, dict):
        if not isinstance(value, dict):
            return place
        return _first(_member(value, name, each, place) for name, each in form.items())
    if isinstance(form, list):
        if not isinstance(value, list):
            return place
        return _first(lack(each, form[0], f"{place}[{i}]") for i, each in enumerate(value))
    if isinstance(form, tuple):
        return None if isinstance(value, str) and value in form else place
    if form is str:
        return None if isinstance(value, str) else place
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < math.inf
    if form is int:
        return None if is_number and isinstance(value, int) and 0 <= value < 1 << 53 else place
    return None if is_number else place


def _member(value, name, form, place):
    key = name.rstrip("?")
    if key not in value:
        return None if name.endswith("?") else f"{place}.{key}"
    return lack(value[key], form, f"{place}.{key}")


def _first(lacks):
    return next((each for each in lacks if each is not None), None)


UNIT = {"unit": str, "scale": float}

#: Of a run's manifest what is read here.
MANIFEST = {
    "format": ("run 1",),
    "model?": str,
    "plan": {
        "clock?": {"step": float},
        "scores?": [str],
        "measures?": [{"outputs": [str], "unit?": str, "scale?": float}],
        "records?": [{"variables?": [str], "weights?": [str], "times?": [str], "units?": Each(UNIT)}],
    },
}

FIGURE = {
    "label": str,
    "figure": str,
    "when": {"at": ("end", "best", "epoch", "last"), "epoch?": int, "epochs?": int},
}

#: Of a sweep's definition what is read here.
SWEEP = {
    "format": ("sweep 1",),
    "model?": str,
    "plan": {
        "figures?": [FIGURE],
        "draws?": {
            "goal?": {"direction": ("minimise", "maximise"), "figure": FIGURE, "halving?": int},
        },
    },
    "units?": Each(UNIT),
    "epochs?": int,
    "points": [{"key": str, "values": Each(str), "settings": Each(str), "seed?": float}],
}

#: A line of the results of a store.
RESULT = {
    "key": str,
    "status": ("done", "given up", "failed"),
    "seconds": float,
    "reason?": str,
    "weights?": str,
    "curves?": str,
    "last?": Each(Maybe(float)),
    "step?": float,
}
