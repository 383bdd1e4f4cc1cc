"""numpy and pandas, where they are there; looked for when they are first needed, and never required."""

import importlib
from functools import lru_cache


@lru_cache(maxsize=None)
def _module(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def numpy():
    """The module numpy, or None."""
    return _module("numpy")


def pandas():
    """The module pandas, or None."""
    return _module("pandas")


def frame(rows, columns):
    """Rows (dicts) as a DataFrame with these columns; without pandas the rows, each with every column."""
    tables = pandas()
    if tables is None:
        return [{name: row.get(name) for name in columns} for row in rows]
    return tables.DataFrame({name: [row.get(name) for row in rows] for name in columns}, columns=columns)


def columns_of(rows):
    """The names in rows, in the order in which they come up."""
    return list(dict.fromkeys(name for row in rows for name in row))
