"""What figures are told in."""

from typing import NamedTuple


class Unit(NamedTuple):
    """A unit as the model writes it, `%`, `mV`, `°`; of a value in SI, `value / scale` is the number in it."""

    unit: str
    scale: float

    def __str__(self):
        return self.unit


def unit_in(entry):
    """The unit in a plan, `{ unit, scale }`; None where there is none."""
    if not isinstance(entry, dict) or not isinstance(entry.get("unit"), str):
        return None
    scale = entry.get("scale", 1)
    is_number = isinstance(scale, (int, float)) and not isinstance(scale, bool) and scale != 0
    return Unit(entry["unit"], scale if is_number else 1)
