"""
The safetensors format (Hugging Face): 8 bytes with the length of a JSON header, the header, the tensors' bytes.
Reads what checkpoints and weights of sweeps are written as, and trusts nothing.
"""

import hashlib

from .arrays import make_array, size_of
from .errors import cannot
from .files import parse_json, read_bytes

MOST_HEADER = 64 << 20
MOST_FILE = 1 << 34
_TYPES = {"F64": ("<f8", 8), "F32": ("<f4", 4), "I32": ("<i4", 4)}


def _is_sizes(value):
    return isinstance(value, list) and all(type(each) is int and 0 <= each < 1 << 53 for each in value)


def read_safetensors(path):
    """Tensors by name, and the metadata (texts by name). Raises CcnError if anything of the file is wrong."""

    def fail(reason):
        raise cannot("read", path, reason)

    data = read_bytes(path, MOST_FILE)
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > min(MOST_HEADER, len(data) - 8):
        fail("the file ends inside the header, or is no safetensors file")
    try:
        header = parse_json(data[8 : 8 + length])
    except ValueError:
        fail("its header is no JSON, or it is no safetensors file")
    if not isinstance(header, dict):
        fail("its header is no JSON object")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        fail("its metadata is no map of texts")
    body = memoryview(data)[8 + length :]
    checksum = metadata.pop("sha256", None)
    if checksum is not None and hashlib.sha256(body).hexdigest() != checksum:
        fail("the checksum of its data does not match: the file is damaged")
    entries = []
    for name, entry in header.items():
        entry = entry if isinstance(entry, dict) else {}
        kind, shape, offsets = (entry.get(each) for each in ("dtype", "shape", "data_offsets"))
        if not isinstance(kind, str) or kind not in _TYPES:
            fail(f"tensor {name!r} has the type {kind!r}; F32, F64 and I32 can be read")
        if not _is_sizes(shape) or not _is_sizes(offsets) or len(offsets) != 2:
            fail(f"tensor {name!r} has no valid shape or offsets")
        if offsets[1] - offsets[0] != size_of(shape) * _TYPES[kind][1]:
            fail(f"tensor {name!r} has another number of bytes than its shape says")
        entries.append((offsets[0], offsets[1], name, kind, shape))
    at = 0
    for begin, end, name, _, _ in sorted(entries, key=lambda entry: entry[:2]):
        if begin != at:
            fail(f"tensor {name!r} {'overlaps' if begin < at else 'leaves a gap after'} another")
        at = end
    if at != len(body):
        fail(f"{at} bytes of data are announced, {len(body)} are there")
    tensors = {
        name: make_array(_TYPES[kind][0], shape, bytes(body[begin:end])) for begin, end, name, kind, shape in entries
    }
    return tensors, metadata
