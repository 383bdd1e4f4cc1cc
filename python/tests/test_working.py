"""The command as functions: runs and sweeps that are made, errors in the command's own sentences, what is missing."""

import io
import os
import stat
import sys
import tempfile
import unittest
from unittest import mock

import ccn
from ccn.command import error_of, find_command, follow
from ccn.progress import Line

from . import made


class Working(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = made.folder()
        cls.file = os.path.join(cls.place, "tiny.ccn")
        cls.runs = os.path.join(cls.place, "runs")
        cls.before = mock.patch.dict(os.environ, {"CCN": made.COMMAND[1], "CCN_REPORT": "0"})
        cls.before.start()

    @classmethod
    def tearDownClass(cls):
        cls.before.stop()

    def test_trains(self):
        events = []
        run = ccn.train(
            self.file, set={"rate": 1.0}, variant="random_feedback", seed=3, epochs=2, runs=self.runs, progress=events.append
        )
        self.assertEqual([each["kind"] for each in events if each["kind"] != "step"], ["started", *["epoch"] * 3, "ended"])
        self.assertEqual((run.status, run.manifest["seed"], run.manifest["invocation"]["set"]), ("finished", 3, {"rate": "1"}))
        self.assertEqual(run.manifest["invocation"]["variants"], ["random_feedback"])
        with self.assertRaises(ccn.CheckError) as caught:
            ccn.train(self.file, set={"rat": 1}, runs=self.runs, progress=False)
        diagnostic = caught.exception.diagnostics[0]
        self.assertEqual((diagnostic["code"], diagnostic["severity"]), ("CCN2001", "error"))
        self.assertIn("no parameter named `rat`", diagnostic["message"])

    def test_saves_when_it_is_interrupted_and_goes_on(self):
        def stop(event):
            if event.get("epoch") == 1:
                raise KeyboardInterrupt

        with self.assertRaises(ccn.Interrupted) as caught:
            ccn.train(self.file, epochs=200000, name="cut", runs=self.runs, progress=stop)
        self.assertEqual(caught.exception.name, "cut")
        self.assertIn("Go on by", str(caught.exception))
        self.assertEqual(ccn.open_run("cut", self.runs).status, "unfinished")

    def test_sweeps(self):
        sweeps = os.path.join(self.place, "sweeps")
        sweep = ccn.sweep(
            self.file, name="short", vary={"rate": [1, 2.5]}, seeds=2, report=["loss"], epochs=1, jobs=1, sweeps=sweeps, progress=False
        )
        rows = made.rows(sweep.results())
        self.assertEqual([(row["rate"], row["seed"]) for row in rows], [(1, 1), (1, 2), (2.5, 1), (2.5, 2)])
        self.assertEqual(sweep.progress()["done"], 4)

    def test_checks_and_describes(self):
        found = ccn.check(self.file)
        self.assertEqual({each["severity"] for each in found}, {"remark"})
        self.assertEqual(ccn.describe(self.file, variant="random_feedback")["name"], "tiny")
        with self.assertRaisesRegex(ccn.CcnError, "missing.ccn"):
            ccn.check("missing.ccn")


class Commands(unittest.TestCase):
    """By programs that stand in for the command."""

    def place(self, **programs):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, text in programs.items():
            path = os.path.join(folder.name, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"#!{sys.executable}\n{text}")
            os.chmod(path, stat.S_IRWXU)
        return folder.name

    def test_says_where_node_comes_from(self):
        with self.assertRaisesRegex(ccn.NodeMissing, r"(?s)no Node.js.*20\.19.*https://nodejs.org.*conda-forge"):
            find_command({"PATH": self.place()})
        with self.assertRaisesRegex(ccn.NodeMissing, "nodejs.org"):
            find_command({"PATH": self.place(ccn="")})
        with self.assertRaisesRegex(ccn.NodeMissing, "no /nowhere/ccn.js, which the environment variable CCN names"):
            find_command({"PATH": self.place(node=""), "CCN": "/nowhere/ccn.js"})
        folder = self.place(node="", ccn="")
        self.assertEqual(find_command({"PATH": folder}), [os.path.join(folder, "ccn")])
        self.assertEqual(
            find_command({"PATH": folder, "CCN": made.COMMAND[1]}), [os.path.join(folder, "node"), made.COMMAND[1]]
        )

    def test_has_the_words_of_the_command(self):
        folder = self.place(node="", ccn="import sys; sys.stderr.write('error: The disk is full.\\nMake room.\\n'); sys.exit(1)")
        with mock.patch.dict(os.environ, {"PATH": folder, "CCN": ""}):
            with self.assertRaises(ccn.CcnError) as caught:
                ccn.train("a.ccn", progress=False)
        self.assertEqual((caught.exception.message, caught.exception.hint), ("The disk is full.", "Make room."))
        self.assertEqual(str(error_of("", 7)), "The command `ccn` ended with the exit code 7.")

    def test_never_waits_for_a_reader(self):
        text = "import sys\nsys.stderr.write('x' * 9000000)\nprint('no JSON')\nprint('{\"kind\": \"a\"}')\nprint('[1]')"
        events = []
        with mock.patch.dict(os.environ, {"PATH": self.place(node="", ccn=text), "CCN": ""}):
            code, said = follow([], events.append)
        self.assertEqual((code, events), (0, [{"kind": "a"}]))
        self.assertGreater(len(said), 1000)

    def test_takes_no_value_for_an_option(self):
        text = "import json, sys; print(json.dumps({'kind': 'started', 'run': '/nowhere', 'words': sys.argv[1:]}))"
        events = []
        with mock.patch.dict(os.environ, {"PATH": self.place(node="", ccn=text), "CCN": ""}):
            with self.assertRaisesRegex(ccn.CcnError, "no run /nowhere"):
                ccn.train("--force", set={"a": "--json", "b": 2.0, "c": True}, data_dir="-x", progress=events.append)
        self.assertEqual(
            events[0]["words"],
            ["train", "--json", "--set=a=--json", "--set=b=2", "--set=c=true", "--data-dir=-x", "--out=runs", "--", "./--force"],
        )


class Progress(unittest.TestCase):
    def test_shows_the_last_line_in_a_file(self):
        stream = io.StringIO()
        line = Line("train", stream)
        line({"kind": "started", "epochs": 3})
        line({"kind": "epoch", "epoch": 1, "figures": [{"name": "test error", "value": 50, "unit": "%"}]})
        self.assertEqual(stream.getvalue(), "")
        line({"kind": "ended", "status": "finished", "step": 3, "figures": [{"name": "a\x1b[2J", "value": None}]})
        self.assertEqual(stream.getvalue(), "finished after step 3  a?[2J -\n")

    def test_writes_over_its_line_on_a_terminal(self):
        stream = io.StringIO()
        stream.isatty = lambda: True
        time = iter([0, 0.1, 0.3, 0.4])
        line = Line("sweep", stream, lambda: next(time))
        line({"kind": "defined", "points": 3})
        line({"kind": "point", "status": "done"})
        line({"kind": "point", "status": "failed"})
        line({"kind": "ended", "progress": {"points": 3, "done": 2, "failed": 1}})
        self.assertEqual(
            stream.getvalue(),
            "\r0 of 3 points done\r1 of 3 points done, 1 failed\r2 of 3 points done, 1 failed\n",
        )


if __name__ == "__main__":
    unittest.main()
