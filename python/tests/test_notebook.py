"""`%%ccn` cells, with something that stands in for IPython."""

import base64
import os
import re
import tempfile
import unittest
import xml.etree.ElementTree as xml
from unittest import mock

import ccn
from ccn.curves import MOST_POINTS, Curves, thinned
from ccn.notebook import diagnostic_html, run_cell

from . import made


class Shell:
    """Of IPython's shell what is used of it."""

    def __init__(self):
        self.magics, self.names = {}, {}

    def register_magic_function(self, function, kind, name):
        self.magics[kind, name] = function

    def push(self, names):
        self.names.update(names)


class Display:
    """Of IPython.display what is used of it; `pages` are what is seen at last, `pictures` how often one changed."""

    def __init__(self):
        self.pages, self.updates = [], 0

    def HTML(self, text):
        return f"html {text}"

    def display(self, page, display_id=None):
        self.pages.append(page)
        return Handle(self, len(self.pages) - 1) if display_id else None


class Handle:
    def __init__(self, display, at):
        self.display, self.at = display, at

    def update(self, page):
        self.display.pages[self.at] = page
        self.display.updates += 1


class Cells(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)
        before = mock.patch.dict(os.environ, {"CCN": made.COMMAND[1], "CCN_REPORT": "0"})
        before.start()
        self.addCleanup(before.stop)
        self.shell, self.display = Shell(), Display()

    def cell(self, line, text=made.MODEL, clock=None):
        return run_cell(line, text, self.shell, self.display, *([clock] if clock else []))

    def test_draws_and_trains(self):
        time = iter(range(10**6))
        run = self.cell("--train --run mine --epochs 3 --set rate=1 --name a", clock=lambda: next(time))
        self.assertEqual(run.status, "finished")
        self.assertIs(self.shell.names["mine"], run)
        diagram, curves = self.display.pages
        image = xml.fromstring(diagram[len("html ") :].replace('">', '"/>'))
        self.assertRegex(image.get("alt"), r"(?s)^Diagram of the circuit .*Populations: ")
        kind, data = image.get("src").split(",")
        self.assertEqual(kind, "data:image/svg+xml;base64")
        xml.fromstring(base64.b64decode(data))
        self.assertRegex(curves, r"(?s)^html <svg .*error \[%\].*polyline.*finished: test loss")
        # Four epochs and the end: drawn once, then changed.
        self.assertEqual(self.display.updates, 4)
        # The cell's file is gone; the run knows its text.
        self.assertEqual(sorted(os.listdir(".")), ["runs"])
        self.assertEqual(run.manifest["sources"][0]["text"], made.MODEL)

    def test_shows_what_is_wrong(self):
        self.assertIsNone(self.cell("--train", made.MODEL.replace("h[hidden]", "h[hiden]")))
        (page,) = self.display.pages
        self.assertIn("error[CCN2001]", page)
        self.assertIn("cell:9:14", page)
        self.assertIn("| population h[hiden] : Pyramidal(0.5)\n  |              ^^^^^\n", page)
        self.assertIn("hint: did you mean `hidden`?", page)
        self.assertEqual(os.listdir("."), [])

    def test_says_what_a_line_lacks(self):
        for line, pattern in (
            ("--trian", "unrecognized arguments: --trian"),
            ("--set rate", "no parameter and its value"),
            ("--file ../a.ccn", "name of a .ccn file in this folder"),
            ("--name '", "No closing quotation"),
            ("--run a.b", "name of a variable"),
        ):
            self.display.pages.clear()
            self.assertIsNone(self.cell(line))
            self.assertIn(pattern, self.display.pages[0])

    def test_is_registered(self):
        ccn.load_ipython_extension(self.shell)
        self.assertEqual(list(self.shell.magics), [("cell", "ccn")])

    def test_escapes_what_it_shows(self):
        with open("a.ccn", "w", encoding="utf-8") as file:
            file.write("model <script>\n")
        page = diagnostic_html(
            {
                "code": "<i>",
                "severity": "<b>",
                "message": "<script>alert(1)</script>",
                "file": "a.ccn",
                "start": {"line": 1, "column": 7},
                "end": {"line": 1, "column": 15},
                "hint": "<img>",
                "where": "<u>",
            },
            "a.ccn",
        )
        self.assertEqual(set(re.findall(r"<(/?\w+)", page)), {"pre", "/pre", "b", "/b"})


class Picture(unittest.TestCase):
    def test_draws_what_is_finite(self):
        curves = Curves()
        self.assertFalse(curves.add({"kind": "step", "figures": []}))
        xml.fromstring(curves.svg())
        for epoch in range(3):
            figures = [
                {"name": "train loss", "value": 1.0 - epoch / 4},
                {"name": "test loss", "value": 2.0},
                {"name": "test error", "value": None if epoch else 50, "unit": "%"},
                {"name": "<script>", "value": "Infinity"},
                {"name": "<i>&", "value": 3, "unit": "<u>"},
            ]
            self.assertTrue(curves.add({"kind": "epoch", "epoch": epoch, "figures": figures}))
        text = curves.svg()
        titles = [each.text for each in xml.fromstring(text).iter() if each.get("font-weight") == "bold"]
        self.assertEqual(titles, ["loss", "error [%]", "<i>& [<u>]"])
        self.assertEqual((text.count("<polyline"), text.count("<circle")), (3, 1))

    def test_stays_small(self):
        kept = thinned([(i, i) for i in range(10_000)])
        self.assertLessEqual(len(kept), MOST_POINTS)
        self.assertEqual(kept[-1], (9_999, 9_999))


if __name__ == "__main__":
    unittest.main()
