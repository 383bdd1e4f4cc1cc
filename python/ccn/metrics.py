"""Lines of `metrics.jsonl` as rows of a table: nothing in them depends on how fast a machine is."""

from .files import number

_HEAD = ("kind", "epoch", "step", "t", "number", "phase")


def mended(record):
    """A record whose figures are numbers: NaN for null, infinities for their words."""
    result = dict(record)
    for part in ("train", "validation", "test", "measures", "rates"):
        if isinstance(record.get(part), dict):
            result[part] = {name: number(value) for name, value in record[part].items()}
    best = record.get("best")
    if isinstance(best, dict) and "value" in best:
        result["best"] = {**best, "value": number(best["value"])}
    return result


def row_of(record):
    """
    A flat row: `kind`, `epoch`, `step`, `t` (seconds), `phase`, scores as `train loss`, `validation error`, `test
    error`, measures under their own names (`measure NAME` where a column has that name already), learning rates
    as `rate W`, and `best epoch`, `best value`.
    """
    record = mended(record)
    row = {name: record[name] for name in _HEAD if name in record}
    for part in ("train", "validation", "test"):
        for name, value in _figures(record, part):
            row[f"{part} {name}"] = value
    for name, value in _figures(record, "measures"):
        row[f"measure {name}" if name in _HEAD or name in row else name] = value
    for name, value in _figures(record, "rates"):
        row[f"rate {name}"] = value
    best = record.get("best")
    if isinstance(best, dict):
        row["best epoch"], row["best value"] = best.get("epoch"), best.get("value")
    return row


def _figures(record, part):
    figures = record.get(part)
    return figures.items() if isinstance(figures, dict) else ()
