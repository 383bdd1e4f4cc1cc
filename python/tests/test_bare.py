"""All the same without numpy and pandas: the tests of runs and sweeps once more, in a process that has neither."""

import os
import subprocess
import sys
import unittest

from . import made

BARE = """
import sys, unittest
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in ('numpy', 'pandas'):
            raise ImportError(name)
sys.meta_path.insert(0, Blocked())
unittest.main(module=None, argv=['bare', 'tests.test_runs', 'tests.test_sweeps'])
"""


class Bare(unittest.TestCase):
    def test_without_numpy_and_pandas(self):
        environment = {**os.environ, "CCN_TESTS_FOLDER": made.folder()}
        done = subprocess.run(
            [sys.executable, "-c", BARE],
            cwd=os.path.join(made.ROOT, "python"),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    unittest.main()
