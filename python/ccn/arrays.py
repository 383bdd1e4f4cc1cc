"""
Arrays: numpy's where numpy is there, else a plain `Array`. Reads NumPy's .npy and .npz formats by itself, without
pickle and with bounds: a file from anywhere does no more than fail.
"""

import ast
import io
import sys
import zipfile
import zlib
from array import array

from .errors import CcnError, cannot
from .files import open_own
from .optional import numpy

#: Bytes of one array, unpacked.
MOST_ARRAY = 1 << 32
MOST_HEADER = 1 << 16
MOST_ENTRIES = 100_000

#: Of .npy: the letter in Python's `array`, and bytes.
_TYPES = {
    "<f8": ("d", 8),
    "<f4": ("f", 4),
    "<i4": ("i", 4),
    "<i8": ("q", 8),
    "|u1": ("B", 1),
    "|i1": ("b", 1),
    "|b1": ("B", 1),
}


class Array:
    """What stands for a numpy array where there is no numpy: `shape`, and `data`, flat and row-major."""

    __slots__ = ("shape", "data")

    def __init__(self, shape, data):
        self.shape = tuple(shape)
        self.data = data

    def __len__(self):
        return self.shape[0] if self.shape else 0

    def __getitem__(self, index):
        """The entry or row of that number."""
        count = len(self)
        if not isinstance(index, int):
            raise TypeError("Without numpy, an array is indexed by one whole number; `tolist()` gives lists.")
        if index < -count or index >= count:
            raise IndexError(f"There is no row {index} in {count}.")
        index %= count
        if len(self.shape) == 1:
            return self.data[index]
        size = size_of(self.shape[1:])
        return Array(self.shape[1:], self.data[index * size : (index + 1) * size])

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def tolist(self):
        """Nested lists, as numpy's `tolist`."""
        if not self.shape:
            return self.data[0]
        return list(self.data) if len(self.shape) == 1 else [row.tolist() for row in self]

    def __repr__(self):
        return f"Array(shape={self.shape}, data={self.data.typecode!r})"


def size_of(shape):
    """How many values an array of that shape has."""
    size = 1
    for length in shape:
        size *= length
    return size


def make_array(kind, shape, data):
    """An array of little-endian bytes; `kind` is a type of .npy, such as `<f4`."""
    letter, width = _TYPES[kind]
    if len(data) != size_of(shape) * width:
        raise ValueError("its values do not fit its shape")
    np = numpy()
    if np is not None:
        return np.frombuffer(data, dtype=np.dtype(kind)).reshape(shape).copy()
    values = array(letter)
    values.frombytes(data)
    if sys.byteorder == "big" and width > 1:
        values.byteswap()
    return Array(shape, values)


def from_floats(values):
    """Numbers as an array of doubles."""
    np = numpy()
    return np.array(values, dtype=float) if np is not None else Array((len(values),), array("d", values))


def joined(parts):
    """Arrays one after the other along their first axis. Raises ValueError if the others differ."""
    if len(parts) == 1:
        return parts[0]
    if any(part.shape[1:] != parts[0].shape[1:] for part in parts):
        raise ValueError("its parts are of different shapes")
    np = numpy()
    if np is not None:
        return np.concatenate(parts)
    data = array(parts[0].data.typecode)
    for part in parts:
        data.extend(part.data if part.data.typecode == data.typecode else array(data.typecode, part.data))
    return Array((sum(part.shape[0] for part in parts), *parts[0].shape[1:]), data)


def scaled(values, scale):
    """An array over a number."""
    if numpy() is not None:
        return values / scale
    return Array(values.shape, array("d", (each / scale for each in values.data)))


def flat(values):
    """The values of an array as a list."""
    return values.ravel().tolist() if numpy() is not None else list(values.data)


def read_npy(data):
    """The array in the bytes of a .npy file. Raises ValueError if they are none of a known type."""
    if data[:6] != b"\x93NUMPY" or len(data) < 10 or data[6] not in (1, 2, 3):
        raise ValueError("it is no .npy file")
    wide = 2 if data[6] == 1 else 4
    length = int.from_bytes(data[8 : 8 + wide], "little")
    start = 8 + wide + length
    if length > MOST_HEADER or start > len(data):
        raise ValueError("its header is cut short")
    try:
        header = ast.literal_eval(data[8 + wide : start].decode("utf-8").strip())
        kind, shape, fortran = header["descr"], header["shape"], header["fortran_order"]
    except (ValueError, SyntaxError, KeyError, TypeError, MemoryError, RecursionError):
        raise ValueError("its header is damaged") from None
    is_shape = isinstance(shape, tuple) and all(type(each) is int and each >= 0 for each in shape)
    if not isinstance(kind, str) or kind not in _TYPES or not is_shape or fortran is not False:
        raise ValueError("it has a type or a layout that no run writes")
    return make_array(kind, shape, data[start:])


def read_npz(path, wanted):
    """The arrays of an archive by name, of those for whose names `wanted` holds. Raises CcnError."""
    file, _ = open_own(path)
    try:
        with file, zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise ValueError("it has too many entries")
            found = {}
            for entry in entries:
                name = entry.filename[:-4] if entry.filename.endswith(".npy") else None
                if name is None or not wanted(name):
                    continue
                if entry.file_size > MOST_ARRAY:
                    raise ValueError(f"its array {name} is too large")
                with archive.open(entry) as member:
                    content = io.BytesIO()
                    while content.tell() <= entry.file_size:
                        piece = member.read(1 << 20)
                        if not piece:
                            break
                        content.write(piece)
                if content.tell() != entry.file_size:
                    raise ValueError(f"its array {name} is damaged")
                found[name] = read_npy(content.getvalue())
            return found
    except CcnError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise cannot("read", path, f"the archive is damaged ({error})") from None
    except (ValueError, MemoryError, OverflowError) as error:
        raise cannot("read", path, f"{error}" or "it does not fit into memory") from None
