"""Convolutions, dense connections and activation functions in NumPy, in double precision, for
`convolution.py`. Convolutions are written as sums over kernel offsets."""
import math

import numpy as np

from family import sigma

EPS = 1e-5


class Geometry:
    """Of one kernel: [out, in / groups, size, size], cross-correlation, zero padding."""

    def __init__(self, shape, channels, size, stride=1, padding=0, dilation=1, groups=1):
        self.shape, self.size, self.stride, self.padding = shape, size, stride, padding
        self.dilation, self.groups = dilation, groups
        reach = dilation * (size - 1) + 1
        self.out = (channels, *((n + 2 * padding - reach) // stride + 1 for n in shape[1:]))

    def kernel(self):
        return (self.out[0], self.shape[0] // self.groups, self.size, self.size)

    def offsets(self):
        """Each offset of the kernel with the slices of a padded image that it meets."""
        _, height, width = self.out
        for i in range(self.size):
            for j in range(self.size):
                a, b, s = i * self.dilation, j * self.dilation, self.stride
                yield i, j, (slice(a, a + s * (height - 1) + 1, s), slice(b, b + s * (width - 1) + 1, s))

    def grouped(self):
        """Slices of output and of input channels of each group."""
        out, inside = self.out[0] // self.groups, self.shape[0] // self.groups
        return [(slice(g * out, (g + 1) * out), slice(g * inside, (g + 1) * inside)) for g in range(self.groups)]

    def padded(self, x):
        p = self.padding
        return np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))

    def forward(self, x, W):
        x = self.padded(x)
        y = np.zeros((len(x), *self.out))
        for i, j, (rows, columns) in self.offsets():
            for to, come in self.grouped():
                y[:, to] += np.einsum("bchw,oc->bohw", x[:, come, rows, columns], W[to, :, i, j])
        return y

    def back(self, d, W):
        """The adjoint of `forward`: from [batch, *out] to [batch, *shape]."""
        p = self.padding
        x = np.zeros((len(d), self.shape[0], self.shape[1] + 2 * p, self.shape[2] + 2 * p))
        for i, j, (rows, columns) in self.offsets():
            for to, come in self.grouped():
                x[:, come, rows, columns] += np.einsum("bohw,oc->bchw", d[:, to], W[to, :, i, j])
        return x[:, :, p:x.shape[2] - p, p:x.shape[3] - p]

    def weights(self, x, d):
        """The gradient of the kernel: input x, gradient d of the output, summed over batch and space."""
        x, G = self.padded(x), np.zeros(self.kernel())
        for i, j, (rows, columns) in self.offsets():
            for to, come in self.grouped():
                G[to, :, i, j] += np.einsum("bohw,bchw->oc", d[:, to], x[:, come, rows, columns])
        return G


class Dense:
    def __init__(self, inside, out):
        self.inside, self.out = inside, (out,)

    def kernel(self):
        return (self.out[0], math.prod(self.inside))

    def forward(self, x, W):
        return x.reshape(len(x), -1) @ W.T

    def back(self, d, W):
        return (d @ W).reshape(len(d), *self.inside)

    def weights(self, x, d):
        return d.T @ x.reshape(len(x), -1)


# --- activation functions: value, backward map D, and the apical dendrite's map D* ---------------------------

def over(z):
    return tuple(range(1, z.ndim))


def mean(z):
    return z.mean(over(z), keepdims=True)


def activation(name, z):
    """The rate and a function g -> D(g), statistics over all but the batch; `surrogate` of the apical dendrite."""
    if name == "sigmoid":
        e = sigma(z)
        return e, lambda g, surrogate=False: g * e * (1 - e)
    if name == "softmax":
        w = np.exp(z - z.max(1, keepdims=True))
        return w / w.sum(1, keepdims=True), lambda g, surrogate=False: g
    if name == "relu":
        return np.maximum(z, 0), lambda g, surrogate=False: g * (z > 0) * np.clip(z, 0, 1)
    if name == "step_relu":
        return np.maximum(z, 0), lambda g, surrogate=False: g * (z > 0)
    if name == "ln_relu":
        s = np.sqrt(z.var(over(z), keepdims=True) + EPS)
        h = (z - mean(z)) / s
        ln = 1.5 * h

        def D(g, surrogate=False):
            q = 1.5 * g * (ln > 0) * np.clip(ln, 0, 1)
            return (q - mean(q) - h * mean(q * h)) / s
        return np.maximum(ln, 0), D
    a = np.maximum(z - mean(z) if name == "ms_relu_n" else z, 0)
    if name == "relu_ln":
        s = np.sqrt(a.var(over(a), keepdims=True) + EPS)
        h = (a - mean(a)) / s
        return h, lambda g, surrogate=False: (g - mean(g) - h * mean(g * h)) / s * (z > 0) * np.clip(z, 0, 1)
    s = np.sqrt(mean(a * a) + EPS)
    h = a / s
    if name == "ms_relu_n":
        zc = z - mean(z)

        def D(g, surrogate=False):
            q = (g - h * mean(g * h)) / s * (zc > 0)
            return (q - mean(q)) * np.clip(zc, 0, 1)
        return h, D
    assert name == "relu_rms"
    return h, lambda g, surrogate=False: (g - h * mean(g * h)) / s * (np.clip(5 * h, 0, 1) if surrogate else a > 0)
