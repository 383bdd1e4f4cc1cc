"""The figures that a sweep reports, from what a point measured."""

import math

from .estimates import total


def value_in(record, name):
    """A score or measure of an epoch or phase: of the evaluation that counts, else of training; None without."""
    if record.get("kind") == "phase":
        measures = record.get("measures")
        return _number(measures.get(name)) if isinstance(measures, dict) else None
    counts = record.get("validation") if "validation" in record else record.get("test")
    for scores in (counts, record.get("measures"), record.get("train")):
        if isinstance(scores, dict) and name in scores:
            return _number(scores[name])
    return None


def figure_in(plan, curves):
    """A figure of a point by its curves, as the plan says when; None where the point has none."""
    figure, when = plan["figure"], plan["when"]
    records = [each for each in curves if each.get("kind") != "step"]
    epochs = [each for each in records if each.get("kind") == "epoch" and "epoch" in each]
    last = records[-1] if records else None
    if when["at"] == "end":
        return None if last is None else value_in(last, figure)
    if when["at"] == "last":
        values = [value_in(each, figure) for each in epochs if each["epoch"] > 0][-when["epochs"] :]
        return None if not values or None in values else total(values) / len(values)
    number = when.get("epoch")
    if when["at"] == "best":
        best = last.get("best") if last is not None and last.get("kind") == "epoch" else None
        number = best.get("epoch") if isinstance(best, dict) else None
    found = next((each for each in epochs if each["epoch"] == number), None)
    return None if found is None else value_in(found, figure)


def _number(value):
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if is_number and math.isfinite(value) else None
