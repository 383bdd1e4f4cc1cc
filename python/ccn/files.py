"""
Files that are read: regular ones, none behind a link, none larger than it may be. Nothing in a folder of runs
is trusted: it may come from somebody else.
"""

import json
import math
import os
import stat

from .errors import CcnError, cannot

#: Bytes of the longest line of a log, as the writer has it.
LONGEST_LINE = 1 << 28
NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")


def is_name(text):
    """Whether a text can be the name of a run or sweep: it never leads out of its folder."""
    return (
        isinstance(text, str)
        and 0 < len(text) <= 255
        and text[0] not in ".-"
        and all(each in NAME_CHARACTERS for each in text)
    )


def open_own(path):
    """Opens a file for reading; gives it and its size. Raises CcnError for a link, a folder, a pipe, a device."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        if os.path.islink(path):
            raise cannot("read", path, "it is a link")
        number = os.open(path, flags)
    except FileNotFoundError:
        raise cannot("read", path, "it does not exist") from None
    except (OSError, ValueError) as error:
        raise cannot("read", path, getattr(error, "strerror", None) or "it cannot be opened") from None
    info = os.fstat(number)
    if not stat.S_ISREG(info.st_mode):
        os.close(number)
        kind = "a folder" if stat.S_ISDIR(info.st_mode) else "no regular file"
        raise cannot("read", path, f"it is {kind}")
    return os.fdopen(number, "rb"), info.st_size


def read_bytes(path, most):
    """The bytes of a file of at most `most` bytes."""
    file, size = open_own(path)
    with file:
        if size > most:
            raise cannot("read", path, f"it has {size} bytes, and {most} are the most")
        data = file.read(most + 1)
    if len(data) > most:
        raise cannot("read", path, f"it has more than {most} bytes")
    return data


def _no_constant(word):
    raise ValueError(f"{word} is no JSON")


def parse_json(data):
    """JSON as the standard has it, without NaN and Infinity. Raises ValueError, never another error."""
    try:
        text = data.decode("utf-8") if isinstance(data, (bytes, bytearray)) else data
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def read_json(path, most):
    """The JSON object in a file."""
    try:
        value = parse_json(read_bytes(path, most))
    except ValueError:
        raise cannot("read", path, "it is no JSON: the file is damaged") from None
    if not isinstance(value, dict):
        raise cannot("read", path, "it is no JSON object")
    return value


def read_lines(path):
    """
    Yields the records of a log, one JSON object a line. A torn last line, which a killed process leaves, is
    passed over; a damaged line anywhere else raises CcnError.
    """
    file, _ = open_own(path)
    with file:
        number = 0
        while True:
            line = file.readline(LONGEST_LINE + 1)
            if not line:
                return
            number += 1
            if len(line) > LONGEST_LINE:
                raise cannot("read", path, f"line {number} is too long")
            try:
                record = parse_json(line)
            except ValueError:
                record = None
            if isinstance(record, dict):
                yield record
            elif line.endswith(b"\n"):
                raise cannot("read", path, f"line {number} is no JSON object")


def number(value):
    """A number as logs have it: null is NaN, and infinities are words, as JSON has none for them."""
    if value is None:
        return math.nan
    if value == "Infinity":
        return math.inf
    if value == "-Infinity":
        return -math.inf
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    raise CcnError(f"A log has {value!r} where a number is expected: the file is damaged.")


def names_in(folder):
    """The names in a folder, in order; none if it is not there."""
    try:
        return sorted(os.listdir(folder))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise cannot("read", folder, getattr(error, "strerror", None) or "it cannot be listed") from None
