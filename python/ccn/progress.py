"""Shows how far a run or a sweep is, on one line of the standard error."""

import sys
import time

#: Seconds between two changes of the line.
PACE = 0.2
WIDTH = 100


def listener(progress, kind):
    """What hears events: a function that was given, a line that is shown, or nothing."""
    if callable(progress):
        return progress
    return Line(kind) if progress else (lambda event: None)


class Line:
    """See the module's head. In a notebook, too, a line is written over by a carriage return."""

    def __init__(self, kind, stream=None, clock=time.monotonic):
        self._tell = {"train": _Run(), "sweep": _Points()}[kind]
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._shown = None
        self._width = 0
        # In a file or a pipe, lines would pile up: there the last one is enough.
        self._live = "ipykernel" in sys.modules or bool(getattr(self._stream, "isatty", lambda: False)())

    def __call__(self, event):
        text = self._tell(event)
        ends = event.get("kind") in ("ended", "failed")
        now = self._clock()
        if text is None or not (ends or (self._live and (self._shown is None or now - self._shown >= PACE))):
            return
        self._shown = now
        text = "".join(each if each.isprintable() else "?" for each in text)[:WIDTH]
        start = "\r" if self._live else ""
        self._stream.write(f"{start}{text.ljust(self._width)}" + ("\n" if ends else ""))
        self._stream.flush()
        self._width = len(text)


class _Run:
    """`epoch 12 of 600  test error 50 %  test loss 0.446`"""

    def __init__(self):
        self._epochs = None
        self._seconds = None
        self._figures = ""

    def __call__(self, event):
        kind = event.get("kind")
        if kind == "started":
            self._epochs = event.get("epochs")
            step = event.get("stepSeconds")
            self._seconds = event["steps"] * step if step else None
            return None
        if kind == "failed":
            return f"failed: {event.get('message')}"
        if kind == "ended":
            self._figures = told(event.get("figures") or [])
            return f"{event.get('status')} after step {event.get('step')}{self._figures}"
        if kind in ("epoch", "phase"):
            self._figures = told(event.get("figures") or [])
        if "t" in event:
            total = f" of {self._seconds:.4g}" if self._seconds else ""
            return f"{event['t']:.4g}{total} s{self._figures}"
        total = f" of {self._epochs}" if self._epochs is not None else ""
        return f"epoch {event.get('epoch')}{total}{self._figures}"


class _Points:
    """`12 of 40 points done, 1 failed`"""

    def __init__(self):
        self._points = 0
        self._count = {"done": 0, "given up": 0, "failed": 0}

    def __call__(self, event):
        kind = event.get("kind")
        if kind == "defined":
            self._points = event.get("points", 0)
            self._count = {
                "done": event.get("done", 0),
                "given up": event.get("givenUp", 0),
                "failed": event.get("failed", 0),
            }
        elif kind == "point" and event.get("status") in self._count:
            self._count[event["status"]] += 1
        elif kind == "ended":
            progress = event.get("progress") or {}
            self._points = progress.get("points", self._points)
            self._count = {
                "done": progress.get("done", 0),
                "given up": progress.get("givenUp", 0),
                "failed": progress.get("failed", 0),
            }
        more = "".join(f", {self._count[each]} {each}" for each in ("given up", "failed") if self._count[each])
        return f"{self._count['done']} of {self._points} points done{more}"


def told(figures):
    """Figures of an event as text, those of tests first."""
    order = sorted(figures, key=lambda each: 0 if str(each.get("name")).startswith(("test ", "validation ")) else 1)
    parts = []
    for each in order[:4]:
        value = each.get("value")
        shown = f"{value:.4g}" if isinstance(value, (int, float)) else "-"
        unit = each.get("unit") or ""
        parts.append(f"  {each.get('name')} {shown}{unit if unit == '°' else f' {unit}' if unit else ''}")
    return "".join(parts)
