"""Runs, as they lie on the disk, and what is wrong with them."""

import json
import math
import os
import shutil
import struct
import tempfile
import unittest
import zipfile

import ccn
from ccn.arrays import flat, read_npz
from ccn.tensors import read_safetensors

from . import made


class Runs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.runs = os.path.join(made.folder(), "runs")
        cls.run_ = ccn.open_run("one", cls.runs)

    def lines(self):
        with open(os.path.join(self.runs, "one", "metrics.jsonl"), encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def test_says_what_it_is_of(self):
        self.assertEqual((self.run_.name, self.run_.status), ("one", "finished"))
        self.assertEqual(self.run_.manifest["model"], "tiny")
        self.assertEqual(self.run_.result["epoch"], 6)
        self.assertEqual(str(self.run_.units["angle(W, backprop)"]), "°")
        self.assertEqual(self.run_.units["error"], ccn.Unit("%", 1))
        self.assertNotIn("loss", self.run_.units)
        self.assertEqual(ccn.open_run(os.path.join(self.runs, "one")).name, "one")

    def test_gives_metrics_as_rows(self):
        epochs = made.rows(self.run_.metrics("epoch"))
        written = [each for each in self.lines() if each["kind"] == "epoch"]
        self.assertEqual([row["epoch"] for row in epochs], list(range(7)))
        self.assertEqual([row["test loss"] for row in epochs], [each["test"]["loss"] for each in written])
        self.assertEqual(epochs[1]["angle(W, backprop)"], written[1]["measures"]["angle(W, backprop)"])
        self.assertEqual(epochs[3]["rate W, k"], 2)
        self.assertEqual(len(made.rows(self.run_.metrics())), len(self.lines()))

    def test_gives_records_along_time_with_units(self):
        records = self.run_.records()
        self.assertEqual(list(records), self.run_.recorded)
        self.assertEqual(flat(records["h.p"].times), [0, 2, 4])
        self.assertEqual(tuple(records["h.p"].values.shape), (3, 4, 4))
        self.assertTrue(all(0 < each < 1 for each in flat(records["h.p"].values)))
        self.assertEqual(tuple(records["W[0]"].values.shape), (3, 4, 2))
        loss = self.run_.records("loss")["loss"]
        steps = [each for each in self.lines() if each["kind"] == "step"]
        self.assertEqual(flat(loss.times), [each["step"] for each in steps])
        self.assertEqual(flat(loss.values), [each["measures"]["loss"] for each in steps])
        self.assertEqual((loss.unit, loss.time_unit), (None, "steps"))
        self.assertEqual(self.run_.events(), {})
        with self.assertRaisesRegex(ccn.CcnError, "records no los.\nDid you mean loss?"):
            self.run_.records("los")

    def test_gives_weights(self):
        weights = self.run_.weights()
        self.assertEqual(sorted(weights), ["W[0]", "W[1]", "h.k", "y.k"])
        self.assertEqual(tuple(weights["W[0]"].shape), (4, 2))
        # The best epoch is the first one: its weights are those before any step.
        self.assertEqual(flat(self.run_.weights("best")["W[0]"]), flat(self.run_.records("W[0]")["W[0]"].values)[:8])
        self.assertNotEqual(flat(weights["W[0]"]), flat(self.run_.weights("best")["W[0]"]))
        with self.assertRaisesRegex(ccn.CcnError, "'latest' and 'best'"):
            self.run_.weights("../../one/best")

    def test_gives_copies_by_seed(self):
        self.assertEqual(self.run_.copies, {})
        with tempfile.TemporaryDirectory() as runs:
            seed = self.run_.manifest["plan"]["seed"]
            shutil.copytree(os.path.join(self.runs, "one"), os.path.join(runs, "two", f"seed-{seed + 1}"))
            os.mkdir(os.path.join(runs, "two", f"seed-{seed}"))
            manifest = {**self.run_.manifest, "plan": {**self.run_.manifest["plan"], "replicate": 2}}
            with open(os.path.join(runs, "two", "manifest.json"), "w", encoding="utf-8") as file:
                json.dump(manifest, file)
            copies = ccn.open_run("two", runs).copies
            self.assertEqual([(each, run.name) for each, run in copies.items()], [(seed + 1, f"two/seed-{seed + 1}")])
            self.assertEqual(ccn.open_run(f"two/seed-{seed + 1}", runs).status, "finished")

    def test_says_which_runs_there_are(self):
        with self.assertRaisesRegex(ccn.CcnError, "There is no run onee in .*\nDid you mean one?"):
            ccn.open_run("onee", self.runs)
        with self.assertRaisesRegex(ccn.CcnError, "Its runs are one"):
            ccn.open_run("../elsewhere", self.runs)


class Damage(unittest.TestCase):
    """A folder that comes from somebody else does no more than fail, in a sentence."""

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.path = os.path.join(self.folder, "a")
        shutil.copytree(os.path.join(made.folder(), "runs", "one"), self.path)

    def write(self, name, data):
        with open(os.path.join(self.path, name), "wb") as file:
            file.write(data)

    def read(self, name):
        with open(os.path.join(self.path, name), "rb") as file:
            return file.read()

    def fails(self, pattern, read):
        with self.assertRaisesRegex(ccn.CcnError, pattern):
            read(ccn.open_run("a", self.folder))

    def test_manifest(self):
        for data in (b"", b"[]", b"{}", b"[" * 100000, b'{"format": NaN}', b"\xff"):
            self.write("manifest.json", data)
            self.fails("manifest.json", lambda run: run)

    def test_plans(self):
        whole = json.loads(self.read("manifest.json"))
        for name in ("scores", "measures", "records", "clock"):
            for value in (3, None, "x", [3], [None], {"a": 1}, [{"outputs": 3, "variables": [{}]}]):
                whole["plan"] = {name: value}
                self.write("manifest.json", json.dumps(whole).encode())
                self.fails(rf"plan\.{name}.* is not what it should be", lambda run: run)

    def test_logs(self):
        whole = self.read("metrics.jsonl")
        count = whole.count(b"\n")
        self.write("metrics.jsonl", whole + b'{"kind": "ep')
        self.assertEqual(len(ccn.open_run("a", self.folder).log()), count)
        self.write("metrics.jsonl", b"{\n" + whole)
        self.fails("line 1 is no JSON object", lambda run: run.log())
        text = b'{"kind":"step","step":0,"measures":{"loss":null,"error":"Infinity","a":"-Infinity","step":3}}\n'
        self.write("metrics.jsonl", text)
        row = made.rows(ccn.open_run("a", self.folder).metrics())[0]
        self.assertTrue(math.isnan(row["loss"]))
        self.assertEqual((row["error"], row["a"], row["step"], row["measure step"]), (math.inf, -math.inf, 0, 3))

    def test_weights(self):
        name = "checkpoint.safetensors"
        whole = self.read(name)
        self.write(name, whole[:-1] + bytes([whole[-1] ^ 1]))
        self.fails("checksum of its data does not match", lambda run: run.weights())
        for data in (b"", whole[:100], struct.pack("<Q", 1 << 60) + b"{}", struct.pack("<Q", 2) + b"[]"):
            self.write(name, data)
            self.fails("safetensors|header", lambda run: run.weights())
        for entry, pattern in (
            ({"dtype": "F16", "shape": [1], "data_offsets": [0, 2]}, "F32, F64 and I32"),
            ({"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}, "no valid shape"),
            ({"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}, "another number of bytes"),
            ({"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}, "leaves a gap"),
            ({"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "4 bytes of data are announced, 8"),
            (3, "has the type None"),
        ):
            header = json.dumps({"W": entry}).encode()
            self.write(name, struct.pack("<Q", len(header)) + header + bytes(8))
            with self.assertRaisesRegex(ccn.CcnError, pattern):
                read_safetensors(os.path.join(self.path, name))

    def test_records(self):
        name = os.path.join("records", "part-0001.npz")
        whole = self.read(name)
        self.write(name, whole[: len(whole) // 2])
        self.fails("the archive is damaged", lambda run: run.records())
        pickled = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n"
        deep = b"{'descr': " + b"(" * 5000 + b"\n"
        for header in (pickled, deep, b"__import__('os').abort()\n", b"\xff"):
            content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + b"cos\nabort\n(tR."
            with zipfile.ZipFile(os.path.join(self.path, name), "w") as archive:
                archive.writestr("h.p.npy", content)
            with self.assertRaisesRegex(ccn.CcnError, "no run writes|header is damaged"):
                read_npz(os.path.join(self.path, name), lambda _: True)

    @unittest.skipUnless(hasattr(os, "O_NOFOLLOW") and hasattr(os, "mkfifo"), "a POSIX system is needed")
    def test_links_and_pipes(self):
        path = os.path.join(self.path, "metrics.jsonl")
        os.remove(path)
        os.symlink("/etc/hostname", path)
        self.fails("it is a link", lambda run: run.log())
        os.remove(path)
        os.mkfifo(path)
        self.fails("no regular file", lambda run: run.log())


class Clock(unittest.TestCase):
    """A run by a clock, as the recorder writes one: units, seconds, lists of events, several parts."""

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        path = os.path.join(self.folder, "c")
        os.makedirs(os.path.join(path, "records"))
        plan = {
            "clock": {"step": 0.001},
            "measures": [{"outputs": ["rate"], "unit": "Hz", "scale": 1}],
            "records": [
                {"variables": ["e.v"], "weights": [], "times": ["e.s"], "units": {"e.v": {"unit": "mV", "scale": 0.001}}}
            ],
        }
        with open(os.path.join(path, "manifest.json"), "w", encoding="utf-8") as file:
            json.dump({"format": "run 1", "model": "c", "plan": plan}, file)
        for part in (1, 2):
            at = [2.0 * part, 2.0 * part + 1]
            with zipfile.ZipFile(os.path.join(path, "records", f"part-000{part}.npz"), "w") as archive:
                for name, kind, shape, values in (
                    ("e.v", "f8", (2, 1), [-0.07, -0.05]),
                    ("step(e.v)", "f8", (2,), at),
                    ("t(e.v)", "f8", (2,), [0.001 * each for each in at]),
                    ("times(e.s)", "f8", (2,), [0.001 * each for each in at]),
                    ("cell(times(e.s))", "i4", (2,), [0, 2]),
                    ("size(times(e.s))", "f8", (1,), [3]),
                    ("seen(times(e.s))", "f8", (2,), at),
                ):
                    header = repr({"descr": f"<{kind}", "fortran_order": False, "shape": shape}).encode()
                    letter = "d" if kind == "f8" else "i"
                    body = struct.pack(f"<{len(values)}{letter}", *values)
                    head = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
                    archive.writestr(f"{name}.npy", head + body)
        self.run_ = ccn.open_run("c", self.folder)

    def test_records_and_events(self):
        record = self.run_.records()["e.v"]
        self.assertEqual((record.unit, record.time_unit), (ccn.Unit("mV", 0.001), "s"))
        self.assertEqual(flat(record.times), [0.002, 0.003, 0.004, 0.005])
        self.assertEqual([round(each, 9) for each in flat(record.told)], [-70, -50, -70, -50])
        events = self.run_.events()["times(e.s)"]
        self.assertEqual(flat(events.cells), [0, 2, 0, 2])
        self.assertEqual(flat(events.times), [0.002, 0.003, 0.004, 0.005])
        self.assertEqual((events.size, events.span, events.examples), (3, (0.002, 0.005), None))
        self.assertEqual(self.run_.status, "unfinished")


if __name__ == "__main__":
    unittest.main()
