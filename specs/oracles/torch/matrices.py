"""
Orthogonal parts (PyTorch 1.13), spectral radii (NumPy) and truncated normal numbers (SciPy's inverse) as figures for
specs/runtime/support/matrices.spec.ts and specs/compiler/lower/init/matrices.spec.ts. Repeat it with

    python3 specs/oracles/torch/matrices.py > specs/oracles/torch/fixtures/matrices.json
"""
import json
import math
import numpy as np
import torch

random = np.random.default_rng(13)


def orthogonal(rows, cols):
    """torch.nn.init.orthogonal_, but of a matrix that is known."""
    matrix = torch.from_numpy(random.standard_normal((rows, cols)))
    flat = matrix.T if rows < cols else matrix
    q, r = torch.linalg.qr(flat)
    q = q * torch.diag(r, 0).sign()
    q = q.T if rows < cols else q
    return {'shape': [rows, cols], 'matrix': matrix.flatten().tolist(), 'part': q.flatten().tolist()}


def radius(matrix):
    matrix = np.asarray(matrix, float)
    return {'size': len(matrix), 'matrix': matrix.flatten().tolist(),
            'radius': float(abs(np.linalg.eigvals(matrix)).max())}


def sparse(size, share):
    return random.standard_normal((size, size)) * (random.random((size, size)) < share)


def rotation(angle, scale):
    c, s = math.cos(angle) * scale, math.sin(angle) * scale
    return [[c, -s], [s, c]]


companion = np.diag(np.ones(5), -1)
companion[:, -1] = [-6, 5, -4, 3, -2, 1]
badly = random.standard_normal((8, 8)) * 10.0 ** np.subtract.outer(np.arange(8), np.arange(8))
triangle = np.triu(random.standard_normal((6, 6)))
print(json.dumps({
    'orthogonal': [orthogonal(4, 4), orthogonal(6, 3), orthogonal(3, 7), orthogonal(1, 5), orthogonal(5, 1)],
    'radii': [radius(m) for m in (
        [[-3]], [[0, 1], [1, 0]], rotation(1, 0.7), [[2, 1], [0, 2]], companion, badly, triangle,
        np.roll(np.eye(7), 1, axis=0), np.kron(np.eye(3), rotation(0.3, 1.2)), np.ones((5, 5)), random.standard_normal((9, 9)),
        random.uniform(0, 1, (12, 12)), sparse(40, 0.05), sparse(60, 0.2))],
    'within': [[x, float(math.erf(x / math.sqrt(2)))] for x in (0.1, 0.5, 1, 2, 3, 4.5, 6)],
}))
