"""The forward-forward algorithm (Hinton, 2022) with NumPy, each layer's gradient by hand; writes the figures beside this file.
With two classes the wrong label is certain, so that nothing is drawn. Options: hidden, epochs."""
import pathlib
import sys
import numpy as np

sys.path.append(str(pathlib.Path(__file__).parents[1]))
from program import asked, tell

hidden, epochs = asked(hidden=6, epochs=100)

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
y = np.eye(2)[[0, 1, 1, 0]]
x = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-6) * np.sqrt(2)
i = lambda n: np.arange(n)
L = np.sin(3 + 1.9 * i(hidden)[:, None] + 2.7 * i(2))
W = [np.sin(1 + 3.1 * i(hidden)[:, None] + 1.7 * i(n)) for n in (2, hidden)]
b = [np.zeros(hidden), np.zeros(hidden)]
R = [np.zeros((2, hidden)), np.zeros((2, hidden))]
c = np.zeros(2)
sigmoid = lambda z: 1 / (1 + np.exp(-z))


def layers(label):
    given, seen = x, []
    for k in range(2):
        rate = np.maximum(given @ W[k].T + b[k] + (label @ L.T if k == 0 else 0), 0)
        goodness = np.mean(rate**2, axis=1, keepdims=True)
        seen.append((given, rate, goodness))
        given = rate / (np.sqrt(goodness) + 1e-4)
    return seen, given


def answer():
    seen, top = layers(np.full((4, 2), 0.5))
    sent = [seen[1][0], top]
    z = np.exp(sent[0] @ R[0].T + sent[1] @ R[1].T + c)
    return sent, z / z.sum(1, keepdims=True)


for step in range(epochs):
    sent, p = answer()
    loss = -np.sum(y * np.log(p)) / 4
    miss = y - p
    change = {'L': 0, 'W': [0, 0], 'b': [0, 0]}
    means = []
    for label, sign in ((y, 1), (1 - y, -1)):
        seen, _ = layers(label)
        means.append(np.mean([g.mean() for _, _, g in seen]))
        for k, (given, rate, goodness) in enumerate(seen):
            push = 2 * sign * sigmoid(sign * (2 - goodness)) * rate
            change['W'][k] = change['W'][k] + push.T @ given / 4
            change['b'][k] = change['b'][k] + push.mean(0)
            if k == 0:
                change['L'] = change['L'] + push.T @ label / 4
    L = L + 0.3 * change['L']
    for k in range(2):
        W[k], b[k] = W[k] + 0.3 * change['W'][k], b[k] + 0.3 * change['b'][k]
        R[k] = R[k] + 0.3 * miss.T @ sent[k] / 4
    c = c + 0.3 * miss.mean(0)
figures = {'loss': loss, 'good': means[0], 'norm(L)': np.linalg.norm(L)}
figures |= {f'norm(W)[{k}]': np.linalg.norm(w) for k, w in enumerate(W)}
figures['test loss'] = -np.sum(y * np.log(answer()[1])) / 4
tell(__file__, figures)
