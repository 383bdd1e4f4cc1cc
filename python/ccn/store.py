"""
What points came to, `sweeps/.store/`, as `ccn sweep` writes it:

    results/WRITER.jsonl      a line for each point: 16 hexadecimal digits of its SHA-256, a space, JSON
    curves/KEY.jsonl.gz       every measured step, epoch and phase of a point
    records/KEY/              what it recorded
    weights/KEY.safetensors   its weights at the end, where they are kept

Only reads. A damaged or torn line is passed over, as the writer does, and its point counts as not done.
"""

import hashlib
import os
import re
import zlib

from .errors import CcnError
from .files import names_in, open_own, parse_json, read_bytes
from .shapes import RESULT, lack

#: Bytes of a point's curves, unpacked and as they lie on the disk.
MOST_CURVES = 1 << 28
#: Bytes of a line of results; a longer one counts as damaged.
LONGEST_RESULT = 1 << 24
_RECORD = {"kind": ("step", "epoch", "phase"), "epoch?": int}
_KEY = re.compile(r"[0-9a-f]{64}")


def is_key(text):
    """Whether a text can be the key of a point: it never leads out of its folder."""
    return isinstance(text, str) and _KEY.fullmatch(text) is not None


class Store:
    """See the module's head."""

    def __init__(self, path):
        self.path = path

    def results(self):
        """What is known of points, by key. A success is never replaced by a failure."""
        found = {}
        folder = os.path.join(self.path, "results")
        for name in names_in(folder):
            if not name.endswith(".jsonl"):
                continue
            file, _ = open_own(os.path.join(folder, name))
            with file:
                for result in map(_result, iter(lambda: file.readline(LONGEST_RESULT), b"")):
                    before = found.get(result["key"]) if result else None
                    if result and (before is None or before["status"] == "failed"):
                        found[result["key"]] = result
        return found

    def curves(self, result):
        """Every measured step, epoch and phase of a point; None if they are missing or damaged."""
        key, checksum = result["key"], result.get("curves")
        if not is_key(checksum):
            return None
        try:
            data = read_bytes(os.path.join(self.path, "curves", f"{key}.jsonl.gz"), MOST_CURVES)
            unpacking = zlib.decompressobj(wbits=31)
            text = unpacking.decompress(data, MOST_CURVES)
            if not unpacking.eof or hashlib.sha256(text).hexdigest() != checksum:
                return None
            records = [parse_json(line) for line in text.split(b"\n") if line]
        except (CcnError, ValueError, zlib.error):
            return None
        return records if all(lack(each, _RECORD) is None for each in records) else None


def _result(line):
    """What a line says of a point; None if it is torn or damaged."""
    text = line[17:-1]
    if line[-1:] != b"\n" or line[16:17] != b" ":
        return None
    if hashlib.sha256(text).hexdigest()[:16].encode() != line[:16]:
        return None
    try:
        result = parse_json(text)
    except ValueError:
        return None
    return result if lack(result, RESULT) is None and is_key(result["key"]) else None
