"""Curves of a run that goes on, as a small SVG picture: a panel for each figure, against epochs or time."""

from html import escape

#: Panels, and points in each: a picture that is drawn several times a second stays small.
MOST_PANELS = 6
MOST_POINTS = 300
_WIDTH, _HEIGHT = 230, 130
_COLOURS = {"": "#1f77b4", "train": "#d95f02", "validation": "#3a923a", "test": "#1f77b4"}


class Curves:
    """Collects the events of `ccn train --json`, and draws them."""

    def __init__(self):
        self._panels = {}
        self._axis = "epoch"

    def add(self, event):
        """Takes an epoch or a phase; gives whether it has something to draw."""
        if event.get("kind") not in ("epoch", "phase"):
            return False
        self._axis = "epoch" if event["kind"] == "epoch" else "time [s]"
        at = event.get("epoch") if event["kind"] == "epoch" else event.get("t")
        added = False
        for figure in event.get("figures") or []:
            name, value = figure.get("name"), figure.get("value")
            if not isinstance(name, str) or not _is_finite(value) or not _is_finite(at):
                continue
            part, _, rest = name.partition(" ")
            is_score = part in ("train", "validation", "test") and rest
            title, line = (rest, part) if is_score else (name, "")
            if title not in self._panels and len(self._panels) >= MOST_PANELS:
                continue
            unit = figure.get("unit") or ""
            panel = self._panels.setdefault(title, {"unit": unit, "lines": {}})
            points = panel["lines"].setdefault(line, [])
            points.append((float(at), float(value)))
            added = True
        return added

    def svg(self):
        """The picture."""
        panels = [_panel(title, panel, self._axis) for title, panel in self._panels.items()]
        columns = min(3, max(1, len(panels)))
        rows = -(-len(panels) // columns) or 1
        width, height = columns * _WIDTH, rows * _HEIGHT
        placed = "".join(
            f'<g transform="translate({i % columns * _WIDTH} {i // columns * _HEIGHT})">{each}</g>'
            for i, each in enumerate(panels)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'font-family="sans-serif" font-size="10" fill="#808080" role="img">'
            f"<title>Curves of the run</title>{placed}</svg>"
        )


def _panel(title, panel, axis):
    # A measure of the name of a score is that of training once more.
    lines = {name: thinned(every) for name, every in panel["lines"].items() if name or len(panel["lines"]) == 1}
    points = [point for every in lines.values() for point in every]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    low, high = min(y for _, y in points), max(y for _, y in points)
    x0, x1, y0, y1 = 44, _WIDTH - 10, _HEIGHT - 26, 22
    across = lambda x: x0 + (x1 - x0) * (x - left) / (right - left or 1)  # noqa: E731
    # A line that is level stands in the middle.
    up = lambda y: (y0 + y1) / 2 if high == low else y0 + (y1 - y0) * (y - low) / (high - low)  # noqa: E731
    unit = panel["unit"]
    parts = [
        f'<text x="{x0}" y="12" font-weight="bold">{escape(title)}{f" [{escape(unit)}]" if unit else ""}</text>',
        f'<path d="M{x0} {y1}V{y0}H{x1}" fill="none" stroke="#808080" stroke-width="0.7"/>',
        f'<text x="{x0}" y="{y0 + 11}">{left:.4g}</text>',
        f'<text x="{x1}" y="{y0 + 11}" text-anchor="end">{right:.4g}</text>',
        f'<text x="{(x0 + x1) / 2:g}" y="{y0 + 20}" text-anchor="middle">{escape(axis)}</text>',
    ]
    marks = [(high, y1 + 8), (low, y0)] if high > low else [(low, (y0 + y1) / 2 + 3)]
    parts += [f'<text x="{x0 - 4}" y="{y:g}" text-anchor="end">{value:.3g}</text>' for value, y in marks]
    named = [name for name in lines if name]
    for name, every in lines.items():
        colour = _COLOURS[name]
        path = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in every)
        if len(every) == 1:
            parts.append(f'<circle cx="{across(every[0][0]):.1f}" cy="{up(every[0][1]):.1f}" r="2" fill="{colour}"/>')
        else:
            parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        if name and len(named) > 1:
            at = x1 - 40 * (len(named) - 1 - named.index(name))
            parts.append(f'<text x="{at}" y="12" text-anchor="end" fill="{colour}">{escape(name)}</text>')
    return "".join(parts)


def thinned(points):
    """At most MOST_POINTS of them, evenly, the last one among them."""
    step = -(-len(points) // MOST_POINTS)
    return points if step <= 1 else points[-1 :: -step][::-1]


def _is_finite(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300
