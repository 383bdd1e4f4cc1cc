"""Independent NumPy programs of comparison models, with options that no published fixture has.

Writes fixtures in the format of the published ones (see README.md beside the specs): error dendritic
networks with momentum, decay, noise and ties of every pathway; Burstprop with noise, momentum of the
recurrence, and without a teacher; backprop whose feedback moves towards the forward weights. Equations
are those of the papers' discrete rate forms, written here a second time, in double precision.

    python3 family.py FOLDER
"""
import json
import sys

import numpy as np


def sigma(x):
    return 1 / (1 + np.exp(-x))


def single(x):
    return np.asarray(x, np.float32).astype(np.float64)


def tensor(x):
    x = np.asarray(x, np.float64)
    return {"shape": list(x.shape), "data": x.tolist()}


class Sgd:
    """d = G + decay w (not of biases); v = d at first, then momentum v + d; w - rate v."""

    def __init__(self, lr, momentum=0.0, weight_decay=0.0):
        self.lr, self.momentum, self.decay, self.v = lr, momentum, weight_decay, {}

    def config(self):
        return {"type": "sgd", "lr": self.lr, "momentum": self.momentum, "weight_decay": self.decay}

    def step(self, key, w, gradient, decays=True):
        d = gradient + (self.decay * w if decays else 0)
        v = self.momentum * self.v[key] + d if key in self.v else d
        self.v[key] = v
        return w - self.lr * v


class Adam:
    """d = G + decay w (not of biases); m and v average d and its square; w - rate m^ / (sqrt(v^) + eps)."""

    def __init__(self, lr, betas=(0.9, 0.999), weight_decay=0.0, eps=1e-8):
        self.lr, self.betas, self.decay, self.eps, self.m, self.v, self.t = lr, betas, weight_decay, eps, {}, {}, {}

    def config(self):
        return {"type": "adam", "lr": self.lr, "betas": list(self.betas), "eps": self.eps, "weight_decay": self.decay}

    def step(self, key, w, gradient, decays=True):
        d = gradient + (self.decay * w if decays else 0)
        one, two = self.betas
        t = self.t[key] = self.t.get(key, 0) + 1
        self.m[key] = one * self.m.get(key, 0) + (1 - one) * d
        self.v[key] = two * self.v.get(key, 0) + (1 - two) * d * d
        return w - self.lr * (self.m[key] / (1 - one**t)) / (np.sqrt(self.v[key] / (1 - two**t)) + self.eps)


def sizes_of(config):
    return [config["n_inputs"], *config["n_hidden_units"], config["n_outputs"]]


def base(name, rng, doc, **options):
    config = {"model_name": name, "dtype": "float32", "loss_type": "mse", "n_inputs": 6, "n_outputs": 3,
              "n_hidden_layers": 2, "n_hidden_units": [5, 4], "hidden_activation_function": "sigmoid",
              "output_activation_function": "sigmoid", "use_teacher": options.pop("use_teacher", True)}
    config.update(options)
    return config


def run(case, doc, config, params, forward_noise, optimisers, step, seed, steps=3, batch=3):
    rng = np.random.default_rng(seed)
    n = sizes_of(config)
    inputs = [single(rng.normal(size=(batch, n[0]))) for _ in range(steps)]
    targets = [single(rng.uniform(0.05, 0.95, size=(batch, n[-1]))) for _ in range(steps)]
    draws = [[single(rng.normal(size=(batch, n[l]))) for l in range(len(n) - 1)] for _ in range(steps)]
    init = [{k: tensor(v) for k, v in layer.items()} for layer in params]
    records = []
    for t in range(steps):
        noise = [forward_noise * d for d in draws[t]]
        record = step(params, inputs[t], targets[t], noise, t)
        record["step"] = t
        record["params_after_update"] = [{k: tensor(v) for k, v in layer.items()} for layer in params]
        record["measures_after_update"] = {}
        records.append(record)
    fixture = {"case": case, "doc": doc, "config": config, "batch": batch, "n_steps": steps,
               "use_teacher": config["use_teacher"], "forward_noise": forward_noise, "init": init,
               "inputs": [tensor(x) for x in inputs], "targets": [tensor(x) for x in targets],
               "runs": {"float32": records, "float64": records}}
    if forward_noise:
        fixture["standard_normal_draws"] = [[tensor(d) for d in row] for row in draws]
    return fixture


def weights(rng, *shape):
    return single(rng.normal(scale=0.8, size=shape))


def layers(config, rng, more):
    n = sizes_of(config)
    params = []
    for l in range(1, len(n)):
        layer = {"W": weights(rng, n[l], n[l - 1]), "W_bias": weights(rng, n[l])}
        if l < len(n) - 1:
            layer.update(more(l, n))
        params.append(layer)
    return params


# --- error dendritic network -----------------------------------------------------------------------

def edn(case, seed, Y="random_init", P="sym_W", V="sym_Y", noise=0.0, teacher=True, optim=None):
    rng = np.random.default_rng(seed)
    optim = optim or {"W": Sgd(0.4, 0.9, 0.01), "P": Sgd(0.3, 0.5, 0.02), "V": Sgd(0.2, 0.8, 0.03)}
    leak, nudge, scale = 0.1, 0.8, 1.25
    config = base("mnist_edn", rng, "", use_teacher=teacher, lambda_output=0.01, lambda_intn=leak,
                  lambda_hidden=nudge, W={"mode": "random_init", "scale": 3.6, "optimiser": optim["W"].config()},
                  Y={"mode": Y, "scale": scale},
                  pyr_intn={"mode": P, "scale": 1.0, "optimiser": optim["P"].config()},
                  intn_pyr={"mode": V, "scale": 1.0, "optimiser": optim["V"].config()})
    params = layers(config, rng, lambda l, n: {"Y": weights(rng, n[l + 1], n[l]), "P": weights(rng, n[l + 1], n[l]),
                                               "P_bias": weights(rng, n[l + 1]), "V": weights(rng, n[l + 1], n[l])})

    def ties():
        for l in range(len(params) - 1):
            if Y == "tied_W": params[l]["Y"] = scale * params[l + 1]["W"]
            if P == "tied_W": params[l].update(P=params[l + 1]["W"].copy(), P_bias=params[l + 1]["W_bias"].copy())
            if V == "tied_Y": params[l]["V"] = params[l]["Y"].copy()
    for l in range(len(params) - 1):
        if P == "sym_W": params[l].update(P=params[l + 1]["W"].copy(), P_bias=params[l + 1]["W_bias"].copy())
        if V == "sym_Y": params[l]["V"] = params[l]["Y"].copy()
    ties()

    def step(params, x, target, noise, t):
        L, B = len(params), len(x)
        xs, zs, rs = [], [], []
        r = x
        for l in range(L):
            xs.append(r + noise[l])
            zs.append(xs[l] @ params[l]["W"].T + params[l]["W_bias"])
            rs.append(r := sigma(zs[l]))
        goal = target if teacher else rs[-1]
        q = np.clip(rs[-1] + nudge * (goal - rs[-1]) * rs[-1] * (1 - rs[-1]), 1e-6, 1 - 1e-6)
        z_t, s = np.log(q / (1 - q)), nudge
        r_t = sigma(z_t)
        grads, state = [None] * L, [None] * L
        for l in reversed(range(L)):
            g = {}
            if l < L - 1:
                p = params[l]
                zi = rs[l] @ p["P"].T + p["P_bias"]
                zi_t = (1 - leak) * zi + leak * z_t
                ri, ri_t = sigma(zi), sigma(zi_t)
                u = r_t @ p["Y"] - ri_t @ p["V"]
                s = s * nudge * (1 - leak)
                z_t = zs[l] + nudge * u
                r_t = sigma(z_t)
                g.update(P=-(ri_t - ri).T @ r_t / (B * s), P_bias=-(ri_t - ri).sum(0) / (B * s), V=-ri_t.T @ u / B)
                state[l] = {"pyr_apical": tensor(u), "pyr_soma_t": tensor(z_t), "intn_soma": tensor(zi_t)}
            else:
                state[l] = {"pyr_soma_t": tensor(z_t)}
            delta = rs[l] - r_t
            g.update(W=delta.T @ xs[l] / (B * s), W_bias=delta.sum(0) / (B * s))
            grads[l] = g
            state[l].update({f"grad_{k}": tensor(v) for k, v in g.items() if (k, P if k[0] == "P" else V) not in
                             (("P", "tied_W"), ("P_bias", "tied_W"), ("V", "tied_Y"))})
        record = {"output": tensor(rs[-1]), "loss_mse_before_update": float(((rs[-1] - target) ** 2).mean())}
        if t == 0: record["state_before_update"] = state
        for l, g in enumerate(grads):
            for key, gradient in g.items():
                family = key[0]
                if (family == "P" and P == "tied_W") or (family == "V" and V == "tied_Y"): continue
                params[l][key] = optim[family].step((l, key), params[l][key], gradient, not key.endswith("bias"))
        ties()
        return record
    return run(case, "error dendritic network", config, params, noise, optim, step, seed + 1)


# --- Burstprop --------------------------------------------------------------------------------------

def burstprop(case, seed, Y="random_init", rec=True, noise=0.0, teacher=True, p0=0.5, optim=None):
    rng = np.random.default_rng(seed)
    scale, es, gs = 1.5, 0.5, [1.0, 2.0]
    optim = optim or {"W": Sgd(0.3, 0.9, 0.01), "R": Sgd(0.2, 0.7, 0.05)}
    config = base("mnist_burstprop", rng, "", use_teacher=teacher, p_baseline=p0, error_scale=es,
                  local_feedback_scales=gs,
                  W={"mode": "random_init", "scale": 3.6, "optimiser": optim["W"].config()},
                  Y={"mode": Y, "scale": scale},
                  rec={"mode": "random_init", "scale": 0.1, "optimiser": optim["R"].config()} if rec else {"mode": "none"})

    def more(l, n):
        found = {"Y": weights(rng, n[l + 1], n[l])}
        if rec: found["R"] = single(0.1 * rng.normal(size=(n[l], n[l])))
        return found
    params = layers(config, rng, more)

    def ties(always):
        for l in range(len(params) - 1):
            if Y == "tied_W" or (Y == "sym_W" and not always): params[l]["Y"] = scale * params[l + 1]["W"]
    ties(False)
    if Y == "sym_W":
        for layer in params[:-1]: layer["Y"] = single(layer["Y"])

    def step(params, x, target, noise, t):
        L, B = len(params), len(x)
        xs, es_ = [], []
        e = x
        for l in range(L):
            xs.append(e + noise[l])
            es_.append(e := sigma(xs[l] @ params[l]["W"].T + params[l]["W_bias"]))
        goal = target if teacher else es_[-1]
        p_t = p0 * (1 + es * (goal - es_[-1]) * (1 - es_[-1]))
        b0, bt, s = p0 * es_[-1], p_t * es_[-1], es
        grads, state = [None] * L, [None] * L
        for l in reversed(range(L)):
            g = {}
            state[l] = {}
            if l < L - 1:
                e, gain = es_[l], gs[l]
                U0, Ut = gain * (b0 @ params[l]["Y"]), gain * (bt @ params[l]["Y"])
                s = s * gain
                if rec:
                    b_pre = sigma(4 * U0 * (1 - e)) * e
                    u0 = U0 * (1 - e) - b_pre @ params[l]["R"].T
                    ut = Ut * (1 - e) - b_pre @ params[l]["R"].T
                    p, p_t = sigma(2 / p0 * u0), sigma(2 / p0 * ut)
                    g["R"] = -u0.T @ b_pre / B
                    state[l].update(apic=tensor(u0), apic_t=tensor(ut))
                else:
                    p, p_t = (2 * p0 * sigma(2 / p0 * U * (1 - e)) for U in (U0, Ut))
                    state[l].update(apic=tensor(U0), apic_t=tensor(Ut))
                b0, bt = p * e, p_t * e
            delta = b0 - bt
            g.update(W=delta.T @ xs[l] / (B * p0 * s), W_bias=delta.sum(0) / (B * p0 * s))
            grads[l] = g
            state[l].update({f"grad_{k}": tensor(v) for k, v in g.items()}, b=tensor(b0), b_t=tensor(bt),
                            e=tensor(es_[l]), delta=tensor(delta))
        record = {"output": tensor(es_[-1]), "loss_mse_before_update": float(((es_[-1] - target) ** 2).mean())}
        if t == 0: record["state_before_update"] = state
        for l, g in enumerate(grads):
            for key, gradient in g.items():
                params[l][key] = optim[key[0]].step((l, key), params[l][key], gradient, not key.endswith("bias"))
        ties(True)
        return record
    return run(case, "Burstprop", config, params, noise, optim, step, seed + 1)


# --- backprop with feedback that decays towards the forward weights ----------------------------------

def ann_tied_decay(case, seed):
    rng = np.random.default_rng(seed)
    scale, optim = 1.5, {"W": Sgd(0.5, 0.9, 0.01)}
    config = base("mnist_ann", rng, "", W={"mode": "random_init", "scale": 3.6, "optimiser": optim["W"].config()},
                  Y={"mode": "tied_decay_W", "scale": scale})
    params = layers(config, rng, lambda l, n: {"Y": weights(rng, n[l + 1], n[l])})

    def step(params, x, target, noise, t):
        L, B = len(params), len(x)
        xs, es = [], []
        e = x
        for l in range(L):
            xs.append(e)
            es.append(e := sigma(xs[l] @ params[l]["W"].T + params[l]["W_bias"]))
        delta = -(target - es[-1]) * es[-1] * (1 - es[-1])
        grads = [None] * L
        for l in reversed(range(L)):
            if l < L - 1: delta = (delta @ params[l]["Y"]) * es[l] * (1 - es[l])
            grads[l] = {"W": delta.T @ xs[l] / B, "W_bias": delta.sum(0) / B}
        record = {"output": tensor(es[-1]), "loss_mse_before_update": float(((es[-1] - target) ** 2).mean())}
        if t == 0: record["state_before_update"] = [{f"grad_{k}": tensor(v) for k, v in g.items()} for g in grads]
        for l, g in enumerate(grads):
            for key, gradient in g.items():
                params[l][key] = optim["W"].step((l, key), params[l][key], gradient, not key.endswith("bias"))
        for l in range(L - 1):
            params[l]["Y"] = (1 - 1e-4) * params[l]["Y"] + 1e-4 * scale * params[l + 1]["W"]
        return record
    return run(case, "backprop, feedback that moves towards W", config, params, 0.0, optim, step, seed + 1, steps=8)


def main(folder):
    fixtures = [
        edn("edn_momentum", 11),
        edn("edn_noise", 12, noise=0.1),
        edn("edn_adam", 17, P="random_init", optim={"W": Adam(0.02, (0.8, 0.95), 0.01), "P": Adam(0.01),
                                                    "V": Adam(0.03, (0.5, 0.9), 0.2, 1e-6)}),
        edn("edn_prediction_tied", 13, P="tied_W"),
        edn("edn_feedback_tied", 14, Y="tied_W", V="random_init"),
        edn("edn_all_tied", 15, Y="tied_W", P="tied_W", V="tied_Y"),
        edn("edn_cancellation_tied_random", 16, P="random_init", V="tied_Y"),
        burstprop("burstprop_rec_momentum", 21),
        burstprop("burstprop_noise", 22, rec=False, noise=0.2, Y="tied_W"),
        burstprop("burstprop_rec_noise_p0", 23, noise=0.1, p0=0.3),
        burstprop("burstprop_no_teacher", 24, teacher=False),
        burstprop("burstprop_symmetric", 25, rec=False, Y="sym_W"),
        ann_tied_decay("ann_tied_decay", 31),
    ]
    for fixture in fixtures:
        with open(f"{folder}/{fixture['case']}.json", "w") as file:
            json.dump(fixture, file, separators=(",", ":"))
            file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
