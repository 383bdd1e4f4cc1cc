"""Sweeps: rows of points, and sums over seeds that are those of the command, to the bit."""

import json
import math
import os
import shutil
import tempfile
import unittest

import ccn
from ccn.arrays import flat
from ccn.estimates import estimate
from ccn.figures import figure_in

from . import made


class Sweeps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sweeps = os.path.join(made.folder(), "sweeps")
        cls.grid = ccn.open_sweep("grid", cls.sweeps)

    def test_has_a_row_for_each_point(self):
        rows = made.rows(self.grid.results())
        self.assertEqual(len(rows), 12)
        self.assertEqual(
            [(row["variant"], row["rate"], row["seed"]) for row in rows],
            [(name, rate, seed) for name in ("none", "random_feedback") for rate in (1, 2) for seed in (1, 2, 3)],
        )
        self.assertEqual({row["status"] for row in rows}, {"done"})
        self.assertTrue(all(row["seconds"] > 0 for row in rows))
        self.assertEqual(
            self.grid.progress(), {"points": 12, "done": 12, "given up": 0, "failed": 0}
        )
        self.assertEqual([row["key"] for row in made.rows(self.grid.points())], [row["key"] for row in rows])
        self.assertEqual(str(self.grid.units["error"]), "%")
        for group, start in zip(made.ended("grid")["groups"], range(0, 12, 3)):
            for label, figure in group["figures"].items():
                self.assertEqual([row[label] for row in rows[start : start + 3]], figure["values"])

    def test_sums_up_as_the_command(self):
        for name in ("grid", "halving"):
            groups = made.ended(name)["groups"]
            summary = made.rows(ccn.open_sweep(name, self.sweeps).summary())
            self.assertEqual(len(summary), len(groups))
            for row, group in zip(summary, groups):
                self.assertEqual({key: str(row[key]) for key in group["values"]}, {
                    key: value if key == "variant" else str(float(value) if "." in value else int(value))
                    for key, value in group["values"].items()
                })
                for label, figure in group["figures"].items():
                    came = [row[f"{label}{each}"] for each in ("", " se", " low", " high", " n")]
                    said = [figure["mean"], figure["standardError"], *figure["interval"], figure["count"]]
                    self.assertEqual(came, said, (name, label))

    def test_runs_the_rounds_of_a_search(self):
        progress = ccn.open_sweep("halving", self.sweeps).progress()
        # 4 combinations for 2 epochs, 2 for 3, 1 for 6; two seeds each.
        self.assertEqual(progress["points"], 14)
        self.assertEqual(progress["done"], made.ended("halving")["progress"]["done"])

    def test_gives_a_point_as_a_run(self):
        epochs = made.rows(self.grid.metrics({"variant": "none", "rate": 2, "seed": 1}, "epoch"))
        alone = made.rows(ccn.open_run("one", os.path.join(made.folder(), "runs")).metrics("epoch"))
        self.assertEqual([row["test loss"] for row in epochs], [row["test loss"] for row in alone])
        number = [i for i, row in enumerate(made.rows(self.grid.points())) if (row["rate"], row["seed"]) == (2, 1)][0]
        weights = self.grid.weights(number)
        of_run = ccn.open_run("one", os.path.join(made.folder(), "runs")).weights()
        self.assertEqual(flat(weights["W[0]"]), flat(of_run["W[0]"]))
        for point, pattern in (
            ({"rate": 2}, "6 points of sweep grid have"),
            ({"rate": 3}, "No points"),
            (99, "no point 99; it has 12"),
            ("../../one", "no point"),
        ):
            with self.assertRaisesRegex(ccn.CcnError, pattern):
                self.grid.metrics(point)

    def test_gives_what_a_point_recorded(self):
        point = self.grid.point({"variant": "none", "rate": 2, "seed": 1})
        alone = ccn.open_run("one", os.path.join(made.folder(), "runs"))
        self.assertEqual(sorted(point.recorded), sorted(alone.recorded))
        ours, theirs = point.records(), alone.records()
        self.assertEqual(sorted(ours), sorted(theirs))
        for name, record in theirs.items():
            self.assertEqual(flat(ours[name].values), flat(record.values), name)
            self.assertEqual(flat(ours[name].times), flat(record.times), name)
            self.assertEqual((ours[name].unit, ours[name].time_unit), (record.unit, record.time_unit), name)
        self.assertEqual(flat(point.weights()["W[0]"]), flat(alone.weights()["W[0]"]))
        self.assertEqual(repr(point), "<point variant=none rate=2 seed=1 of sweep grid, done>")
        with self.assertRaisesRegex(ccn.CcnError, "records no h.q.\nIt has W"):
            point.records("h.q")

    def test_gives_times_by_a_clock(self):
        point = ccn.open_sweep("spikes", self.sweeps).point(1)
        alone = ccn.open_run("spikes", os.path.join(made.folder(), "runs"))
        (name, record), = point.records("x.v").items()
        self.assertEqual((name, record.time_unit, str(record.unit)), ("x.v", "s", "mV"))
        self.assertEqual(flat(record.values), flat(alone.records("x.v")["x.v"].values))
        self.assertEqual(flat(point.records("level")["level"].times), flat(alone.records("level")["level"].times))
        ours, theirs = point.events()["times(x.s)"], alone.events()["times(x.s)"]
        self.assertEqual((flat(ours.times), flat(ours.cells), ours.span), (flat(theirs.times), flat(theirs.cells), theirs.span))
        self.assertGreater(len(flat(ours.times)), 1)

    def test_says_which_sweeps_there_are(self):
        with self.assertRaisesRegex(ccn.CcnError, "There is no sweep grit in .*\nDid you mean grid?"):
            ccn.open_sweep("grit", self.sweeps)
        for name in ("../sweeps/grid", ".store", "", "a/b"):
            with self.assertRaisesRegex(ccn.CcnError, "A sweep's name is made of"):
                ccn.open_sweep(name, self.sweeps)


class Damage(unittest.TestCase):
    def setUp(self):
        self.sweeps = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.sweeps)
        shutil.copytree(os.path.join(made.folder(), "sweeps"), self.sweeps, dirs_exist_ok=True)

    def change(self, *path, by):
        path = os.path.join(self.sweeps, *path)
        with open(path, "rb") as file:
            data = file.read()
        with open(path, "wb") as file:
            file.write(by(data))

    def test_passes_over_what_is_damaged(self):
        sweep = ccn.open_sweep("grid", self.sweeps)
        keys = [row["key"] for row in made.rows(sweep.points())]
        for name in os.listdir(os.path.join(self.sweeps, ".store", "results")):
            self.change(
                ".store", "results", name,
                by=lambda data: b"\n".join(
                    line.replace(b'"done"', b'"gone"') if keys[0].encode() in line else line
                    for line in data.split(b"\n")
                ) + b"0123456789abcdef {",
            )
        self.change(".store", "curves", f"{keys[1]}.jsonl.gz", by=lambda data: data[:-3])
        rows = made.rows(sweep.results())
        self.assertEqual([row["status"] for row in rows], ["pending"] + ["done"] * 11)
        self.assertTrue(math.isnan(rows[0]["error"]) and math.isnan(rows[1]["loss best"]))
        self.assertFalse(math.isnan(rows[1]["error"]))
        first = made.rows(sweep.summary())[0]
        self.assertEqual((first["n"], first["error n"], first["loss best n"]), (2, 2, 1))
        self.assertTrue(math.isnan(first["loss best se"]))
        with self.assertRaisesRegex(ccn.CcnError, "missing or damaged"):
            sweep.metrics(1)
        with self.assertRaisesRegex(ccn.CcnError, "has not been run yet"):
            sweep.metrics(0)

    def test_definition(self):
        with open(os.path.join(self.sweeps, "grid", "sweep.json"), "rb") as file:
            whole = json.loads(file.read())
        figure = {"label": "a", "figure": "a", "when": {"at": "last"}}
        for change in ({"format": "sweep 9"}, {"points": 3}, {"plan": {"figures": [figure]}}, {"plan": {"draws": 3}}, {"points": [{"key": "../x", "values": {}, "settings": {}}]}):
            self.change("grid", "sweep.json", by=lambda _, change=change: json.dumps({**whole, **change}).encode())
            with self.assertRaisesRegex(ccn.CcnError, "sweep.json"):
                ccn.open_sweep("grid", self.sweeps)


class Figures(unittest.TestCase):
    def test_what_is_no_number_is_none(self):
        curves = [{"kind": "epoch", "epoch": 0, "test": {"loss": 1}}, {"kind": "epoch", "epoch": 1, "test": {"loss": None}}]
        at = lambda **when: figure_in({"figure": "loss", "when": when}, curves)  # noqa: E731
        self.assertEqual(at(at="epoch", epoch=0), 1)
        self.assertIsNone(at(at="epoch", epoch=1))
        self.assertIsNone(at(at="last", epochs=1))
        self.assertIsNone(at(at="best"))
        self.assertEqual(estimate([None, 2.0, None]), (1, 2.0, None, None))
        self.assertEqual(estimate([]).count, 0)


if __name__ == "__main__":
    unittest.main()
