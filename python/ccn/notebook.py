"""
Cells of a notebook that begin with `%%ccn`: a file in the language. Its diagnostics are shown, its diagram, and with
`--train` the curves of a run while it goes on. All that is shown is escaped.
"""

import argparse
import base64
import contextlib
import hashlib
import os
import shlex
import tempfile
import time
import xml.etree.ElementTree as xml
from html import escape

from .curves import Curves
from .errors import CcnError
from .progress import told
from .working import check, graph, train

#: Seconds between two pictures of the curves.
PACE = 0.5
_SVG = "http://www.w3.org/2000/svg"
_COLOURS = {"error": "#c62828", "warning": "#b26a00"}


def load(shell):
    """Adds `%%ccn` to IPython's shell."""
    shell.register_magic_function(lambda line, cell: run_cell(line, cell, shell), "cell", "ccn")


def run_cell(line, cell, shell=None, display=None, clock=time.monotonic):
    """
    What `%%ccn LINE` does with the rest of its cell; gives the Run with `--train`, else None. `display` is
    IPython.display's module, or what stands in for it.
    """
    if display is None:
        from IPython import display
    try:
        asked = _arguments(line)
        if asked is None:
            return None
        with _file_of(asked.file, cell) as path:
            return _shown(asked, path, shell, display, clock)
    except CcnError as error:
        _show_text(display, f"{error}", "error")
        return None


def _shown(asked, path, shell, display, clock):
    found = check(path)
    lines = [each for each in found if each["severity"] != "remark"]
    if lines or asked.remarks:
        shown = found if asked.remarks else lines
        display.display(display.HTML("".join(diagnostic_html(each, path) for each in shown)))
    if any(each["severity"] == "error" for each in found):
        return None
    choice = {"set": dict(asked.set), "variant": asked.variant, "experiment": asked.experiment}
    if not asked.no_graph:
        display.display(display.HTML(picture_html(graph(path, **choice))))
    if not asked.train:
        return None
    run = train(
        path,
        **choice,
        seed=asked.seed,
        epochs=asked.epochs,
        name=asked.name,
        force=asked.force,
        runs=asked.runs,
        progress=_Live(display, clock),
    )
    if shell is not None and asked.run:
        shell.push({asked.run: run})
    return run


class _Live:
    """Curves that are drawn anew while a run goes on, and a line below."""

    def __init__(self, display, clock):
        self._display = display
        self._clock = clock
        self._curves = Curves()
        self._handle = None
        self._drawn = None

    def __call__(self, event):
        has_more = self._curves.add(event)
        ends = event.get("kind") in ("ended", "failed")
        now = self._clock()
        if not (ends or (has_more and (self._drawn is None or now - self._drawn >= PACE))):
            return
        self._drawn = now
        head = str(event.get("message")) if event.get("kind") == "failed" else told(event.get("figures") or [])
        state = f"{event.get('status')}: " if event.get("kind") == "ended" else ""
        line = escape(state + head.strip().replace("  ", " · "))
        page = self._display.HTML(f"{self._curves.svg()}<div>{line}</div>")
        if self._handle is None:
            self._handle = self._display.display(page, display_id=True)
        else:
            self._handle.update(page)


def picture_html(svg):
    """
    A picture with its title and description as what a screen reader says. It is an image of its own: pages that are made of
    notebooks take the elements of an SVG output away.
    """
    root = xml.fromstring(svg)
    said = [each.text for each in map(root.find, (f"{{{_SVG}}}title", f"{{{_SVG}}}desc")) if each is not None]
    data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    alt = escape(". ".join(each for each in said if each))
    return f'<img style="max-width:100%" alt="{alt}" src="data:image/svg+xml;base64,{data}">'


def diagnostic_html(diagnostic, path):
    """A diagnostic as a piece of a page: its message, where it is, the line of the cell, and what to do."""
    severity = diagnostic.get("severity", "error")
    start = diagnostic.get("start") or {}
    is_here = os.path.basename(str(diagnostic.get("file", ""))) == os.path.basename(path)
    name = "cell" if is_here else diagnostic.get("file", "")
    place = f"{name}:{start.get('line')}:{start.get('column')}" if start else f"{name}"
    head = f"{severity}[{diagnostic.get('code')}]"
    text = [
        f'<b style="color:{_COLOURS.get(severity, "#5f6368")}">{escape(head)}</b>: {escape(str(diagnostic.get("message")))}',
        f"  {escape(place)}" + (escape(f", in {diagnostic['where']}") if diagnostic.get("where") else ""),
    ]
    if is_here and start:
        text += [f"  {escape(each)}" for each in _marked(path, start, diagnostic.get("end") or start)]
    if diagnostic.get("hint"):
        text.append(f"  = hint: {escape(str(diagnostic['hint']))}")
    return f'<pre style="white-space:pre-wrap;margin:0 0 0.6em">{chr(10).join(text)}</pre>'


def _marked(path, start, end):
    """The line that a place is in, and a line that marks it."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    number, column = start.get("line"), start.get("column")
    if not isinstance(number, int) or not isinstance(column, int) or not 0 < number <= len(lines):
        return []
    line = lines[number - 1]
    last = end.get("column") if end.get("line") == number else len(line) + 1
    width = max(1, last - column) if isinstance(last, int) else 1
    return [f"| {line}", f"| {' ' * (column - 1)}{'^' * min(width, len(line) + 1)}"]


def _show_text(display, text, severity):
    colour = _COLOURS[severity]
    display.display(display.HTML(f'<pre style="white-space:pre-wrap;color:{colour}">{escape(text)}</pre>'))


@contextlib.contextmanager
def _file_of(name, cell):
    """
    The cell as a file: under a name that is kept, or one that is removed again. It lies in the working folder, so
    that imports and data are found as from any other file there. The same text has the same name, as runs know files by theirs.
    """
    text = cell if cell.endswith("\n") else f"{cell}\n"
    if name is not None:
        if not name.endswith(".ccn") or os.path.basename(name) != name or name.startswith("."):
            raise CcnError(f"--file is the name of a .ccn file in this folder, not {name}.")
        _write(name, text)
        yield name
        return
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]
    folder = os.curdir if os.access(os.curdir, os.W_OK) else tempfile.mkdtemp(prefix="ccn-cell-")
    path = os.path.join(folder, f".cell-{digest}.ccn")
    _write(path, text)
    try:
        yield path
    finally:
        with contextlib.suppress(OSError):
            os.remove(path)
            if folder != os.curdir:
                os.rmdir(folder)


def _write(path, text):
    if os.path.islink(path):
        raise CcnError(f"Cannot write {path}: it is a link.")
    try:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except (OSError, UnicodeEncodeError) as error:
        raise CcnError(f"Cannot write {path}: {getattr(error, 'strerror', None) or error}.") from None


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise CcnError(f"%%ccn: {message}.", self.format_usage().strip())


def _assignment(text):
    name, equals, value = text.partition("=")
    if not name or not equals or not value:
        raise argparse.ArgumentTypeError(f"{text!r} is no parameter and its value, e.g. hidden=100")
    return name, value


def _arguments(line):
    """What a line asks for; None where it asked for help, which is printed."""
    parser = _Parser(prog="%%ccn", add_help=False, allow_abbrev=False, description=__doc__)
    add = parser.add_argument
    add("--train", action="store_true", help="run the experiment, and show its curves while it goes on")
    add("--experiment", help="which one (default: the first)")
    add("--variant", help="variants of the model, with commas between")
    add("--set", action="append", default=[], type=_assignment, metavar="NAME=VALUE", help="a parameter")
    add("--epochs", type=int, help="how often to go through the training data")
    add("--seed", type=int, help="what all randomness follows from")
    add("--name", help="name of the run")
    add("--force", action="store_true", help="replace the run of that name")
    add("--runs", default="runs", help="folder for runs")
    add("--run", metavar="VARIABLE", help="the variable that gets the Run")
    add("--file", help="keep the cell as this file, e.g. model.ccn")
    add("--no-graph", action="store_true", help="draw no diagram")
    add("--remarks", action="store_true", help="show remarks, too")
    add("--help", action="store_true", help="print this")
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise CcnError(f"%%ccn: {error}.") from None
    asked = parser.parse_args(words)
    if asked.help:
        parser.print_help()
        return None
    if asked.run is not None and not asked.run.isidentifier():
        raise CcnError(f"%%ccn: --run is the name of a variable, not {asked.run}.")
    return asked
