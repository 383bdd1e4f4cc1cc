"""Independent NumPy programs of the convolutional models, with options that no published fixture has.

Writes fixtures in the format of the published ones (see README.md beside the specs): BurstCCN, backprop
and Burstprop networks with convolutional areas and without any dense hidden layer, with feedback kernels
that are random, tied or learned, with forward noise, without a teacher, with each activation function
(statistics run over channels and space), grouped, padded and dilated kernels, momentum, decay and
schedules. Equations are those of the papers' discrete rate forms, in double precision.

    python3 convolution.py FOLDER
"""
import json
import math
import sys

import numpy as np

from areas import Dense, Geometry, activation
from family import Adam, Sgd, sigma, single, tensor


def geometry(shape, areas, hidden, outputs):
    """Connections upwards, and those that feedback takes: with padding and dilation of the area that it goes to."""
    up, layers = [], []
    for area in areas:
        up.append(Geometry(shape, **area))
        shape = up[-1].out
    down = []
    for l in range(len(areas) - 1):
        given = {**areas[l + 1], "padding": areas[l]["padding"], "dilation": areas[l]["dilation"]}
        down.append(Geometry(up[l].out, **given))
        assert down[-1].out == up[l + 1].out, "feedback does not fit"
    for n in [*hidden, outputs]:
        up.append(Dense(shape, n))
        down.append(up[-1])
        shape = (n,)
    return up, down


def schedule(given, step, batches, epochs):
    if not given:
        return 1.0
    w, total = given * batches, batches * epochs
    return (step + 1) / w if step < w else 0.5 * (1 + math.cos(math.pi * (step - w) / (total - w)))


def angle(a, b):
    return math.degrees(math.acos(np.clip(np.vdot(a, b) / np.linalg.norm(a) / np.linalg.norm(b), -1, 1)))


def bend(value, channelwise):
    return value[:, None, None] if channelwise else value


class Network:
    def __init__(self, model, seed, areas, shape=(2, 6, 5), hidden=(), outputs=3, Y="random_init", Q="sym_Y",
                 learn_Y=False, learn_Q=False, act="sigmoid", out="sigmoid", shift=0.0, p0=0.5, es=0.5, g=None,
                 scale=1.0, noise=0.0, teacher=True, warmup=0, optim=None, recurrent=()):
        self.__dict__.update(model=model, Y=Y, Q=Q, learn_Y=learn_Y, learn_Q=learn_Q, act=act, out=out, shift=shift,
                             p0=p0, es=es, scale=scale, noise=noise, teacher=teacher, warmup=warmup,
                             recurrent=set(recurrent))
        self.shape, self.areas = shape, [{"padding": 0, "dilation": 1, "groups": 1, "stride": 1, **a} for a in areas]
        self.hidden, self.outputs = list(hidden), outputs
        self.up, self.down = geometry(shape, self.areas, hidden, outputs)
        self.L = len(self.up)
        self.g = g or [1.0] * (self.L - 1)
        self.optim = optim or {"W": Sgd(0.2, 0.9, 0.01), "Y": Sgd(0.15, 0.8, 0.02), "Q": Sgd(0.1, 0.7, 0.03)}
        self.rng = np.random.default_rng(seed)
        # The gradients that Burstprop is measured against have the step as derivative, the others a ramp.
        self.rate = "step_relu" if act == "relu" and model == "cifar10_conv_burstprop" else act
        self.bursts = model == "cifar10_conv_burstccn"
        self.params = [self.layer(l) for l in range(self.L)]
        self.tie(True)
        if Y in ("random_init", "sym_W") or Q in ("random_init", "sym_W", "sym_Y"):
            for layer in self.params[:-1]:
                for key in ("Y", "Q"):
                    if key in layer: layer[key] = single(layer[key])

    def layer(self, l):
        spread = 0.8 if l >= len(self.areas) else 0.4
        draw = lambda kernel: single(self.rng.normal(scale=spread, size=kernel))
        found = {"W": draw(self.up[l].kernel()), "W_bias": single(self.rng.normal(scale=0.5, size=self.up[l].out[0]))}
        if l < self.L - 1:
            found["Y"] = draw(self.up[l + 1].kernel())
            if self.bursts: found["Q"] = draw(self.up[l + 1].kernel())
            if l in self.recurrent:
                units = math.prod(self.up[l].out)
                found["R"] = single(self.rng.normal(scale=0.1, size=(units, units)))
        return found

    def tie(self, first):
        for l in range(self.L - 1):
            layer, above = self.params[l], self.params[l + 1]["W"]
            if self.bursts and (self.Q == "tied_W" or (self.Q == "sym_W" and first)):
                layer["Q"] = -self.p0 * above * (self.scale if self.Q == "tied_W" else 1)
            if self.Y == "tied_W": layer["Y"] = self.scale * above
            if self.Y == "sym_W" and first:
                layer["Y"] = above * (self.scale if self.model == "cifar10_conv_burstprop" else 1)
            if self.Y == "tied_decay_W" and not first:
                layer["Y"] = (1 - 1e-4) * layer["Y"] + 1e-4 * self.scale * above
            if self.bursts and (self.Q == "tied_Y" or (self.Q == "sym_Y" and first)):
                layer["Q"] = -self.p0 * layer["Y"]
            if self.Y == "tied_Q": layer["Y"] = -layer["Q"] / self.p0

    def config(self):
        area = lambda key: [a[key] for a in self.areas]

        def optimiser(key):
            found = self.optim[key].config()
            if self.warmup: found["lr_scheduler"] = {"type": "cosine_warmup", "warmup_epochs": self.warmup}
            return found
        found = {
            "model_name": self.model, "dtype": "float32", "loss_type": "mse", "use_teacher": self.teacher,
            "in_shape": list(self.shape[1:]), "in_channels": [self.shape[0], *area("channels")[:-1]],
            "out_channels": area("channels"), "kernel_sizes": area("size"), "strides": area("stride"),
            "paddings": area("padding"), "dilations": area("dilation"), "groups": area("groups"),
            "n_hidden_layers": len(self.hidden), "n_hidden_units": self.hidden, "n_outputs": self.outputs,
            "hidden_activation_function": self.act, "output_activation_function": self.out,
            "W": {"mode": "random_init", "scale": 1.0, "optimiser": optimiser("W")},
            "Y": {"mode": self.Y, "scale": self.scale,
                  **({"optimiser": optimiser("Y"), "grad_type": "kp"} if self.learn_Y else {})},
        }
        if self.model != "cifar10_conv_ann":
            found.update(p_baseline=self.p0, error_scale=self.es, output_activity_shift=self.shift,
                         local_feedback_scales=self.g)
        if self.bursts:
            found["Q"] = {"mode": self.Q, "scale": 1.0,
                          **({"optimiser": optimiser("Q"), "grad_type": "kp"} if self.learn_Q else {})}
        if self.model == "cifar10_conv_burstprop":
            found["rec"] = {"mode": "random_init", "scale": 0.1, "optimiser": optimiser("R")} if self.recurrent else \
                {"mode": "none"}
        return found

    # --- one step: rates, then gradients by layer ---

    def run_forward(self, x, noise):
        self.xs, self.es_, self.D, r = [], [], [], x
        for l in range(self.L):
            r = r.reshape(len(x), *(self.up[l].shape if isinstance(self.up[l], Geometry) else self.up[l].inside))
            self.xs.append(r + noise[l].reshape(r.shape))
            bias = bend(self.params[l]["W_bias"], len(self.up[l].out) > 1)
            z = self.up[l].forward(self.xs[l], self.params[l]["W"]) + bias
            r, D = activation(self.out if l == self.L - 1 else self.rate, z)
            self.es_.append(r)
            self.D.append(D)
        return r

    def backprop(self, target, key=None):
        """Gradients of W by gradient descent; through Y in place of W where it is named."""
        B, grads = len(target), [None] * self.L
        delta = self.D[-1](-(target - self.es_[-1]))
        for l in reversed(range(self.L)):
            if l < self.L - 1:
                way, W = (self.down, self.params[l]["Y"]) if key else (self.up, self.params[l + 1]["W"])
                # The map of a connection starts from the layer above.
                delta = self.D[l]((way[l] if key else self.up[l + 1]).back(delta, W))
            grads[l] = self.up[l].weights(self.xs[l], delta) / B
        return grads

    def ann(self, goal, B):
        delta, grads, state = self.D[-1](-(goal - self.es_[-1])), [], []
        above = None
        for l in reversed(range(self.L)):
            g = {}
            if l < self.L - 1:
                if self.learn_Y: g["Y"] = self.up[l + 1].weights(self.es_[l], above) / B
                delta = self.D[l](self.down[l].back(above, self.params[l]["Y"]))
            g.update(W=self.up[l].weights(self.xs[l], delta) / B, W_bias=self.summed(delta) / B)
            above = delta
            grads.insert(0, g)
            state.insert(0, {"e": tensor(self.es_[l]), "delta": tensor(delta)})
        return grads, state

    def summed(self, delta):
        return delta.sum(tuple(i for i in range(delta.ndim) if i != 1))

    def teach(self, goal, bursts):
        e, p0, es, a = self.es_[-1], self.p0, self.es, self.shift
        if self.out == "sigmoid":
            return p0 * (1 + es * (goal - e) * (1 - e) * (e / (e + a) if a else 1))
        gain = 2 * p0 if bursts else 1
        return gain * sigma(4 * (p0 if a else 1) * es * (goal - e) / (e + (a or 1e-8)))

    def burstccn(self, goal, B):
        p0, a, e, s = self.p0, self.shift, self.es_[-1], self.es
        p = self.teach(goal, True)
        grads, state, u = [], [], None
        for l in reversed(range(self.L)):
            g = {}
            if l < self.L - 1:
                e, layer = self.es_[l], self.params[l]
                excess = bn - p0 * en
                if self.learn_Y: g["Y"] = -self.up[l + 1].weights(e, excess) / (B * p0 * s)
                if self.learn_Q: g["Q"] = p0 * self.up[l + 1].weights(e, excess) / (B * p0 * s)
                u = self.g[l] * (self.down[l].back(bn, layer["Y"]) + self.down[l].back(en, layer["Q"]))
                s = s * self.g[l]
                p = 2 * p0 * sigma(2 / p0 * u * (1 - e)) if self.act == "sigmoid" else \
                    sigma(2 / p0 * self.D[l](u, True) / (e + 1e-8))
                a = 0
            rest, b = p0 * (e + a), p * (e + a)
            delta = rest - b
            g.update(W=self.up[l].weights(self.xs[l], delta) / (B * p0 * s), W_bias=self.summed(delta) / (B * p0 * s))
            bn, en = b - p0 * a, e
            grads.insert(0, g)
            state.insert(0, {"e": tensor(e), "p_t": tensor(p), "b": tensor(rest), "b_t": tensor(b), "delta": tensor(delta)})
            if l < self.L - 1: state[0]["apic"] = tensor(u)
        return grads, state

    def burstprop(self, goal, B):
        p0, a, e, s = self.p0, self.shift, self.es_[-1], self.es
        still = p0 if self.out == "sigmoid" else 0.5
        pair = (np.full_like(e, still), self.teach(goal, False))
        grads, state = [], []
        for l in reversed(range(self.L)):
            found, rec = {}, {}
            if l < self.L - 1:
                e = self.es_[l]
                us = [self.g[l] * self.down[l].back(b, self.params[l]["Y"]) for b in below]
                s, a = s * self.g[l], 0
                if l in self.recurrent:
                    # Every unit of the layer with every one, in the order channel, row, column.
                    flat = lambda x: x.reshape(B, -1)
                    b_pre = flat(sigma(4 * us[0] * (1 - e)) * e)
                    back = (b_pre @ self.params[l]["R"].T).reshape(e.shape)
                    us = [u * (1 - e) - back for u in us]
                    pair = [sigma(2 / p0 * u) for u in us]
                    rec = {"R": -flat(us[0]).T @ b_pre / B}
                elif self.act == "sigmoid":
                    pair = [2 * p0 * sigma(2 / p0 * u * (1 - e)) for u in us]
                else:
                    live = e > 1e-8
                    pair = [np.where(live, 2 * p0 * sigma(2 / p0 * u / np.where(live, e, 1)), p0) for u in us]
                found.update(apic=tensor(us[0]), apic_t=tensor(us[1]))
            b0, bt = (p * (e + a) for p in pair)
            delta = b0 - bt
            below = (b0 - p0 * a, bt - p0 * a)
            grads.insert(0, {**rec, "W": self.up[l].weights(self.xs[l], delta) / (B * p0 * s),
                             "W_bias": self.summed(delta) / (B * p0 * s)})
            state.insert(0, {**found, "e": tensor(e), "p": tensor(pair[0]), "p_t": tensor(pair[1]), "b": tensor(b0),
                             "b_t": tensor(bt), "delta": tensor(delta)})
        return grads, state

    def fixture(self, case, doc, steps=3, batch=2):
        config, params = self.config(), self.params
        inputs = [single(self.rng.normal(size=(batch, *self.shape))) for _ in range(steps)]
        targets = [single(self.rng.uniform(0.05, 0.95, size=(batch, self.outputs))) for _ in range(steps)]
        if self.out == "softmax":
            # Probabilities that add up to 1 in single precision, too.
            parts = [np.ceil(16 * t / t.sum(1, keepdims=True)) / 64 for t in targets]
            targets = [np.hstack([t[:, 1:], 1 - t[:, 1:].sum(1, keepdims=True)]) for t in parts]
        sizes = [(batch, *self.shape), *((batch, *up.out) for up in self.up[:-1])]
        draws = [[single(self.rng.normal(size=size)) for size in sizes] for _ in range(steps)]
        init = [{k: tensor(v) for k, v in layer.items()} for layer in params]
        rates = {key: optim.lr for key, optim in self.optim.items()}
        records, batches, epochs = [], 2, 4
        for t in range(steps):
            for key, optim in self.optim.items():
                optim.lr = rates[key] * schedule(self.warmup, t, batches, epochs)
            output = self.run_forward(inputs[t], [self.noise * d for d in draws[t]])
            goal = targets[t] if self.teacher else output
            rule = {"cifar10_conv_ann": self.ann, "cifar10_conv_burstccn": self.burstccn,
                    "cifar10_conv_burstprop": self.burstprop}[self.model]
            grads, state = rule(goal, batch)
            record = {"step": t, "output": tensor(output), "loss_mse_before_update": float(((output - targets[t]) ** 2).mean())}
            bp, fa = self.backprop(targets[t]), self.backprop(targets[t], "Y")
            if t == 0:
                for l, g in enumerate(grads):
                    state[l].update({f"grad_{k}": tensor(v) for k, v in g.items()}, grad_bp_W=tensor(bp[l]), grad_fa_W=tensor(fa[l]))
                record["state_before_update"] = state
            for l, g in enumerate(grads):
                for key, gradient in g.items():
                    if key in "YQ" and getattr(self, key).startswith("tied"): continue
                    optim = self.optim[key[0]]
                    params[l][key] = optim.step((l, key), params[l][key], gradient, not key.endswith("bias"))
            self.tie(False)
            if t == steps - 1: record["params_after_update"] = [{k: tensor(v) for k, v in layer.items()} for layer in params]
            record["measures_after_update"] = self.measures(grads, bp, fa) if self.teacher else {}
            records.append(record)
        for key, optim in self.optim.items(): optim.lr = rates[key]
        found = {"case": case, "doc": doc, "config": config, "batch": batch, "n_steps": steps, "use_teacher": self.teacher,
                 "forward_noise": self.noise, "init": init, "inputs": [tensor(x) for x in inputs],
                 "targets": [tensor(x) for x in targets], "runs": {"float32": [], "float64": records}}
        if self.warmup: found["lr_schedule"] = [batches, epochs]
        if self.noise: found["standard_normal_draws"] = [[tensor(d) for d in row] for row in draws]
        return found

    def measures(self, grads, bp, fa):
        found = {}
        for name, reference in (("bp", bp), ("fa", fa)):
            for l in range(self.L): found[f"angle_{name}/layer_{l}"] = angle(grads[l]["W"], reference[l])
            flat = lambda given: np.concatenate([each.ravel() for each in given])
            found[f"angle_{name}/global"] = angle(flat([g["W"] for g in grads]), flat(reference))
        for l in range(self.L - 1):
            found[f"angle_WY/layer_{l}"] = angle(self.params[l + 1]["W"], self.params[l]["Y"])
            found[f"Y_norm/layer_{l}"] = float(np.linalg.norm(self.params[l]["Y"]))
        rates = np.concatenate([e.ravel() for e in self.es_])
        found["event_rate_derivative_mean/global"] = float((rates * (1 - rates)).mean())
        found["event_rate_saturation_factor/global"] = float(((rates < 0.01) | (rates > 0.99)).mean())
        return found


def main(folder):
    two = [{"channels": 2, "size": 3, "stride": 2}, {"channels": 3, "size": 2}]
    padded = [{"channels": 4, "size": 3, "padding": 1, "groups": 2, "stride": 2},
              {"channels": 2, "size": 3, "padding": 1, "groups": 2}]
    dilated = [{"channels": 2, "size": 2, "dilation": 2}, {"channels": 3, "size": 2, "dilation": 2, "stride": 2}]
    ccn, ann, prop = "cifar10_conv_burstccn", "cifar10_conv_ann", "cifar10_conv_burstprop"
    cases = {
        "conv_noise_no_dense": Network(ccn, 41, two, shift=1.0, es=0.4, g=[1.0, 2.0], noise=0.1),
        "conv_learned_no_dense": Network(ccn, 42, two, Y="random_init", Q="random_init", learn_Y=True, learn_Q=True,
                                         act="ln_relu", out="softmax", es=0.4, g=[0.5, 2.0], warmup=1),
        "conv_events_learn": Network(ccn, 43, padded, Y="tied_Q", Q="random_init", learn_Q=True, p0=0.25, es=0.6,
                                     hidden=[4], g=[1.0, 1.5, 2.0]),
        "conv_events_tied": Network(ccn, 44, dilated, Y="tied_W", Q="tied_W", scale=2.0, act="ms_relu_n",
                                    out="softmax", shift=1.0, es=0.4),
        "conv_bursts_learn_tied": Network(ccn, 45, padded, Y="sym_W", Q="tied_Y", learn_Y=True, act="relu_ln",
                                          out="softmax", shift=0.5, es=0.3),
        "conv_one_area": Network(ccn, 46, two[:1], Y="tied_W", Q="sym_W", act="relu", out="softmax", es=0.3, noise=0.2),
        "conv_learns_without_teacher": Network(ccn, 47, two, Y="random_init", Q="sym_W", learn_Y=True, teacher=False,
                                               noise=0.2, act="relu_rms"),
        "conv_ann_decay": Network(ann, 51, padded, Y="tied_decay_W", scale=1.5, noise=0.1, out="softmax", act="relu"),
        "conv_ann_learned": Network(ann, 52, two, Y="sym_W", learn_Y=True, act="ln_relu", warmup=1),
        "conv_ann_tied": Network(ann, 53, two, Y="tied_W", scale=2.0, act="relu_rms", out="softmax", hidden=[4],
                                 optim={"W": Sgd(0.05, 0.9, 0.01)}),
        "conv_burstprop_random": Network(prop, 61, two, es=0.4, noise=0.1, g=[1.0, 2.0]),
        "conv_burstprop_softmax": Network(prop, 62, padded, Y="sym_W", scale=1.5, es=0.4, out="softmax", shift=1.0),
        "conv_burstprop_recurrent": Network(prop, 68, two, es=1.0, noise=0.1, hidden=[4], recurrent=[2], g=[1.0, 1.0, 2.0],
                                            optim={"W": Adam(0.01, (0.8, 0.95), 0.01), "R": Sgd(0.2, 0.7, 0.05)}),
        "conv_burstprop_throughout": Network(prop, 66, two, Y="tied_W", scale=2.0, es=0.4, out="softmax", shift=1.0,
                                             recurrent=[0, 1], warmup=1,
                                             optim={"W": Sgd(0.02, 0.9, 0.01), "R": Adam(0.01, weight_decay=0.1)}),
        "conv_adam": Network(ccn, 48, two[:1], learn_Y=True, learn_Q=True, p0=0.25, shift=1.0, hidden=[4], g=[1.0, 2.0],
                             optim={"W": Adam(0.01, (0.8, 0.95), 0.01), "Y": Adam(0.02), "Q": Adam(0.03, eps=1e-6)}),
        "conv_burstprop_relu": Network(prop, 64, two, Y="tied_W", scale=2.0, act="relu", out="softmax", shift=1.0,
                                         es=0.2, hidden=[4], optim={"W": Sgd(0.02, 0.9, 0.01)}),
    }
    for case, network in cases.items():
        fixture = network.fixture(case, "convolutional areas, by an independent NumPy program")
        with open(f"{folder}/{case}.json", "w") as file:
            json.dump(fixture, file, separators=(",", ":"))
            file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
