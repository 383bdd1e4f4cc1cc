"""Independent NumPy program of node perturbation, with options that no published fixture has.

Writes fixtures in the format of the published ones (see README.md beside the specs): each activation
function, a softmax output, feedback weights of their own to measure against, Adam, momentum, and forward
noise, which either pass draws anew: first that of the clean pass, one draw for each layer's input, then for
each layer of the perturbed pass that of its input and the perturbation. In double precision.

    python3 perturbation.py FOLDER
"""
import json
import sys

import numpy as np

from areas import activation
from convolution import angle
from family import Adam, Sgd, base, layers, single, sizes_of, tensor, weights


def network(case, seed, act="sigmoid", out="sigmoid", Y="random_init", scale=1.0, noise=0.0, optim=None, steps=3, B=3):
    rng = np.random.default_rng(seed)
    optim = optim or Sgd(0.2, 0.8, 0.02)
    sp = 0.1
    config = base("mnist_np", rng, "", perturb_sigma=sp,
                  W={"mode": "random_init", "scale": 3.6, "optimiser": optim.config()}, Y={"mode": Y, "scale": scale})
    config.update(hidden_activation_function=act, output_activation_function=out)
    params = layers(config, rng, lambda l, n: {"Y": weights(rng, n[l + 1], n[l])})
    n, L = sizes_of(config), len(params)

    def tie(first):
        for l in range(L - 1):
            if Y == "tied_W" or (Y == "sym_W" and first): params[l]["Y"] = scale * params[l + 1]["W"]
    tie(True)
    if Y == "sym_W":
        for layer in params[:-1]: layer["Y"] = single(layer["Y"])
    init = [{k: tensor(v) for k, v in layer.items()} for layer in params]
    inputs = [single(rng.normal(size=(B, n[0]))) for _ in range(steps)]
    targets = [single(rng.uniform(0.05, 0.95, size=(B, n[-1]))) for _ in range(steps)]
    if out == "softmax":
        # Probabilities that add up to 1 in single precision, too.
        parts = [np.ceil(16 * t / t.sum(1, keepdims=True)) / 64 for t in targets]
        targets = [np.hstack([t[:, 1:], 1 - t[:, 1:].sum(1, keepdims=True)]) for t in parts]
    draw = lambda size: single(rng.normal(size=(B, size)))
    draws, records = [], []

    def through(x, before, xi):
        """Rates of a pass: `before` is drawn before each layer's input, `xi` moves each soma."""
        xs, somas, rates, maps = [], [], [], []
        for l in range(L):
            xs.append(x + noise * before[l])
            z = xs[l] @ params[l]["W"].T + params[l]["W_bias"] + sp * xi[l]
            x, D = activation(out if l == L - 1 else act, z)
            somas.append(z), rates.append(x), maps.append(D)
        return xs, somas, rates, maps

    def gradients(xs, rates, maps, goal, key):
        """By descent of the clean pass, back through W or Y."""
        delta, found = maps[-1](-(goal - rates[-1])), [None] * L
        for l in reversed(range(L)):
            if l < L - 1: delta = maps[l](delta @ (params[l + 1]["W"] if key == "W" else params[l]["Y"]))
            found[l] = delta.T @ xs[l] / B
        return found

    flat = lambda given: np.concatenate([each.ravel() for each in given])
    for t in range(steps):
        clean = [draw(n[l]) for l in range(L)] if noise else [np.zeros((B, n[l])) for l in range(L)]
        moved, xi = [], []
        for l in range(L):
            moved.append(draw(n[l]) if noise else clean[l])
            xi.append(draw(n[l + 1]))
        row = [*clean, *(each for pair in zip(moved, xi) for each in pair)] if noise else xi
        draws.append([tensor(d) for d in row])
        xs, somas, rates, maps = through(inputs[t], clean, [np.zeros_like(d) for d in xi])
        xs_p, somas_p, rates_p, _ = through(inputs[t], moved, xi)
        cost = lambda y: ((targets[t] - y) ** 2).mean(1, keepdims=True)
        credit = (cost(rates_p[-1]) - cost(rates[-1])) / sp**2
        deltas = [credit * sp * d for d in xi]
        grads = [{"W": d.T @ x / B, "W_bias": d.sum(0) / B} for d, x in zip(deltas, xs_p)]
        bp, fa = (gradients(xs, rates, maps, targets[t], key) for key in "WY")
        record = {"step": t, "output": tensor(rates[-1]), "loss_mse_before_update": float(((rates[-1] - targets[t]) ** 2).mean())}
        if t == 0:
            record["state_before_update"] = [
                {"input": tensor(xs[l]), "input_p": tensor(xs_p[l]), "soma": tensor(somas[l]), "soma_p": tensor(somas_p[l]),
                 "perturb": tensor(sp * xi[l]), "e": tensor(rates[l]), "e_p": tensor(rates_p[l]), "grad_W": tensor(grads[l]["W"]),
                 "grad_W_bias": tensor(grads[l]["W_bias"]), "grad_bp_W": tensor(bp[l]), "grad_fa_W": tensor(fa[l])}
                for l in range(L)]
        for l in range(L):
            for key in ("W", "W_bias"):
                params[l][key] = optim.step((l, key), params[l][key], grads[l][key], key == "W")
        tie(False)
        record["params_after_update"] = [{k: tensor(v) for k, v in layer.items()} for layer in params]
        record["measures_after_update"] = {
            **{f"angle_{name}/layer_{l}": angle(grads[l]["W"], found[l]) for name, found in (("bp", bp), ("fa", fa)) for l in range(L)},
            "angle_fa/global": angle(flat([g["W"] for g in grads]), flat(fa)),
            **{f"angle_WY/layer_{l}": angle(params[l + 1]["W"], params[l]["Y"]) for l in range(L - 1)}}
        records.append(record)
    return {"case": case, "doc": "node perturbation", "config": config, "batch": B, "n_steps": steps, "use_teacher": True,
            "forward_noise": noise, "init": init, "inputs": [tensor(x) for x in inputs], "targets": [tensor(x) for x in targets],
            "standard_normal_draws": draws, "runs": {"float32": [], "float64": records}}


def main(folder):
    fixtures = [
        network("perturbation_noise", 71, act="ms_relu_n", out="softmax", Y="tied_W", scale=2.0, noise=0.2),
        network("perturbation_adam", 74, act="relu_rms", noise=0.1, optim=Adam(0.02, (0.8, 0.95), 0.01)),
    ]
    for fixture in fixtures:
        with open(f"{folder}/{fixture['case']}.json", "w") as file:
            json.dump(fixture, file, separators=(",", ":"))
            file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
