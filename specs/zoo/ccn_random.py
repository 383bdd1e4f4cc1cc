"""The random numbers of CCN (docs/language.md, "Functions in equations"), written anew from the published generator: Threefry-2x32
with 20 rounds (Salmon et al., 2011), keyed by a seed and the name of a stream. So that an independent program can start from the
same draws. Block j of step s is threefry(key, [j, s]); a number of 32 bits gives a uniform one by its upper 24."""
import numpy as np

MASK = 0xFFFFFFFF
ROTATIONS = [[13, 15, 26, 6], [17, 29, 16, 24]]


def threefry(key, counter0, counter1):
    """Arrays (or numbers) of 32-bit words in, two arrays of 32-bit words out."""
    k = [np.uint64(key[0]), np.uint64(key[1]), np.uint64(0x1BD11BDA ^ key[0] ^ key[1])]
    mask = np.uint64(MASK)
    x0 = (np.asarray(counter0, np.uint64) + k[0]) & mask
    x1 = (np.asarray(counter1, np.uint64) + k[1]) & mask
    for group in range(5):
        for r in ROTATIONS[group % 2]:
            x0 = (x0 + x1) & mask
            x1 = ((x1 << np.uint64(r)) | (x1 >> np.uint64(32 - r))) & mask
            x1 = x1 ^ x0
        x0 = (x0 + k[(group + 1) % 3]) & mask
        x1 = (x1 + k[(group + 2) % 3] + np.uint64(group + 1)) & mask
    return x0, x1


def stream_key(seed, name):
    key = (seed & MASK, seed >> 32)
    for place, character in enumerate(name):
        a, b = threefry(key, ord(character), place)
        key = (int(a), int(b))
    a, b = threefry(key, MASK, len(name))
    return int(a), int(b)


def words(key, step, count):
    blocks = np.arange((count + 1) // 2)
    a, b = threefry(key, blocks, step & MASK)
    return np.stack([a, b], 1).ravel()[:count]


class Stream:
    """The draws of one place in the text."""

    def __init__(self, name, seed=1):
        self.key = stream_key(seed, name)

    def uniform(self, step, count):
        return (words(self.key, step, count) >> np.uint64(8)).astype(float) * 2.0**-24

    def normal(self, step, count):
        """By the method of Box and Muller; within 1e-9 of what double precision gives there."""
        w = words(self.key, step, count + (count & 1)).astype(float).reshape(-1, 2)
        radius = np.sqrt(-2 * np.log((w[:, 0] + 1) / 2**32))
        low = np.mod(w[:, 1], 2.0**31)
        sign = np.where(w[:, 1] >= 2.0**31, -1.0, 1.0)
        angle = (low - 2.0**30) * np.pi / 2**31
        pairs = np.stack([radius * sign * np.cos(angle), radius * sign * np.sin(angle)], 1)
        return pairs.ravel()[:count]

    def poisson(self, step, mean, count):
        """By inversion of numbers of 53 bits; for one mean below 10."""
        low = words((self.key[0], (self.key[1] + 1) & MASK), step, count) >> np.uint64(11)
        rest = words(self.key, step, count).astype(float) * 2.0**-32 + low.astype(float) * 2.0**-53
        found, term = np.zeros(count), np.exp(-mean)
        for k in range(1, 60):
            more = rest >= term
            rest = np.where(more, rest - term, -1.0)
            found += more
            term *= mean / k
        return found
