"""
Which points a sweep runs. Without halving there is one round of all points. Successive halving (Jamieson and
Talwalkar 2016) of N combinations and E epochs: round r = 0 .. R, where R is the whole part of log N / log eta, runs
the N / eta^r best of the round before, rounded down, for E / eta^(R - r) epochs, rounded up.
"""

import hashlib
import json
import math

from .estimates import total
from .figures import figure_in


def combinations_of(points):
    """Points that differ in the seed alone, in order."""
    found = {}
    for point in points:
        found.setdefault(json.dumps([point["values"], point["settings"]]), []).append(point)
    return list(found.values())


def round_sizes(sweep):
    """How many combinations each round has, and for how many epochs (None: all)."""
    count = len(combinations_of(sweep["points"]))
    eta = _goal(sweep).get("halving")
    epochs = sweep.get("epochs")
    if eta is None or epochs is None or count == 0:
        return [(count, None)]
    last = math.floor(math.log(count) / math.log(eta) + 1e-9)
    return [(count // eta**i, -(-epochs // eta ** (last - i))) for i in range(last + 1)]


def planned_points(sweep):
    """How many points are run in all rounds."""
    combinations = combinations_of(sweep["points"])
    seeds = len(combinations[0]) if combinations else 0
    return sum(count * seeds for count, _ in round_sizes(sweep))


def rounds_of(sweep, store, results):
    """The rounds that have begun, each a list of combinations: each follows once all of the one before has ended."""
    rounds = []
    left = list(enumerate(combinations_of(sweep["points"])))
    for count, epochs in round_sizes(sweep):
        if rounds:
            before = rounds[-1]
            if not all(point["key"] in results for combination in before for point in combination):
                break
            scores = [score_of(sweep, store, [results.get(each["key"]) for each in group]) for group in before]
            order = sorted(range(len(left)), key=lambda i: (scores[i], left[i][0]))[:count]
            left = sorted((left[i] for i in order), key=lambda each: each[0])
        rounds.append([[_shortened(point, epochs, sweep) for point in combination] for _, combination in left])
    return rounds


def last_of_each(rounds):
    """Each combination as it was in the last round that it came to."""
    found = {}
    for combination in (each for every in rounds for each in every):
        point = combination[0]
        others = {name: text for name, text in point["settings"].items() if name != "epochs"}
        found[json.dumps([point["values"], others])] = combination
    return list(found.values())


def score_of(sweep, store, found):
    """What a search goes by: lower is better; a combination of which a seed has no figure comes last."""
    goal = _goal(sweep)
    if not goal:
        return 0.0
    values = []
    for result in found:
        curves = store.curves(result) if result and result["status"] == "done" else None
        values.append(None if curves is None else figure_in(goal["figure"], curves))
    if None in values:
        return math.inf
    mean = total(values) / len(values)
    return mean if goal["direction"] == "minimise" else -mean


def _goal(sweep):
    return sweep["plan"].get("draws", {}).get("goal", {})


def _shortened(point, epochs, sweep):
    if epochs is None or epochs == sweep.get("epochs"):
        return point
    key = hashlib.sha256(f"{point['key']} for {epochs} epochs".encode()).hexdigest()
    return {**point, "key": key, "settings": {**point["settings"], "epochs": str(epochs)}}
