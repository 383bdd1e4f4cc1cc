"""Values of the functions that are made of others, to 40 digits, rounded to doubles: /usr/bin/python3 composed.py
writes composed.json beside it. Arguments are single-precision numbers."""
import json
import random

import mpmath as mp
import numpy as np

mp.mp.dps = 40
random.seed(1)


def single(x):
    return float(np.float32(x))


def between(low, high, count=60):
    return [random.uniform(low, high) for _ in range(count)]


small = [sign * 10 ** random.uniform(-12, -1) for sign in (1, -1) for _ in range(15)]
powers = [10 ** random.uniform(-30, 30) for _ in range(60)]
unit = between(-1, 1) + small + [1, -1]
wide = between(-30, 30) + small + between(-700, 700, 10)
functions = {
    'tan': (mp.tan, between(-20, 20) + small),
    'asin': (mp.asin, unit),
    'acos': (mp.acos, unit),
    'sinh': (mp.sinh, wide),
    'cosh': (mp.cosh, wide),
    'log1p': (mp.log1p, between(-0.999, 5) + small + between(5, 1e6, 10)),
    'expm1': (mp.expm1, between(-5, 5) + small + between(-200, 300, 10)),
    'log10': (mp.log10, powers),
    'log2': (lambda x: mp.log(x, 2), powers),
    'erf': (mp.erf, between(-6, 6) + small + [7, -7, 0.5, -0.5]),
}
found = {
    name: [[single(x), float(f(mp.mpf(single(x))))] for x in xs] for name, (f, xs) in functions.items()
}


def either():
    return random.choice([1, -1])


pairs = [[single(either() * 10 ** random.uniform(-6, 6)) for _ in range(2)] for _ in range(80)]
pairs += [[0, 1], [1, 0], [-1, 0], [0, -1]]
found['atan2'] = [[y, x, float(mp.atan2(mp.mpf(y), mp.mpf(x)))] for y, x in pairs]
found['mod'] = []
for _ in range(80):
    a, b = single(random.uniform(-100, 100)), single(either() * random.uniform(0.1, 7))
    rest = mp.mpf(a) - mp.mpf(b) * mp.floor(mp.mpf(a) / mp.mpf(b))
    found['mod'].append([a, b, float(rest)])
with open(__file__.replace('.py', '.json'), 'w') as file:
    json.dump(found, file)
