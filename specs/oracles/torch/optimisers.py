"""
Optimisers and schedules of PyTorch (1.13) on a linear regression in double precision, as figures for
specs/compiler/lower/optimisers.spec.ts. Repeat it with

    python3 specs/oracles/torch/optimisers.py > specs/oracles/torch/fixtures/optimisers.json
"""
import json
import torch

torch.set_default_dtype(torch.float64)
STEPS, BATCHES = 20, 5
generator = torch.Generator().manual_seed(13)
xs = torch.randn(STEPS, 4, 3, generator=generator)
targets = torch.randn(STEPS, 4, 2, generator=generator)
W0 = torch.randn(2, 3, generator=generator)
k0 = torch.randn(2, generator=generator)

optim, schedulers = torch.optim, torch.optim.lr_scheduler


def numbers(tensor):
    return tensor.detach().flatten().tolist()


def run(written, make, schedule=None, each=None, clip=None, apart=False):
    """Weights and rates after each step; `each`: the scheduler advances by step, not by epoch."""
    W, k = W0.clone().requires_grad_(), k0.clone().requires_grad_()
    optimiser = make([W, k])
    scheduler = schedule and schedule(optimiser)
    weights, biases, rates = [], [], []
    for step in range(STEPS):
        optimiser.zero_grad()
        error = xs[step] @ W.T + k - targets[step]
        ((error ** 2).sum(1) / 2).mean().backward()
        if clip and apart:
            for parameter in (W, k):
                torch.nn.utils.clip_grad_norm_([parameter], clip)
        elif clip:
            torch.nn.utils.clip_grad_norm_([W, k], clip)
        rates.append(optimiser.param_groups[0]['lr'])
        optimiser.step()
        if scheduler and (each or (step + 1) % BATCHES == 0):
            scheduler.step()
        weights.append(numbers(W))
        biases.append(numbers(k))
    return {'written': written, 'apart': apart, 'rates': rates, 'W': weights, 'k': biases}


def plateau(written, losses, rate, **options):
    parameter = torch.zeros(1, requires_grad=True)
    optimiser = optim.SGD([parameter], lr=rate)
    scheduler = schedulers.ReduceLROnPlateau(optimiser, **options)
    rates = []
    for loss in losses:
        scheduler.step(loss)
        rates.append(optimiser.param_groups[0]['lr'])
    return {'written': written, 'losses': losses, 'rate': rate, 'rates': rates}


sgd = lambda **o: lambda p: optim.SGD(p, lr=0.1, **o)
adam = lambda **o: lambda p: optim.Adam(p, lr=0.05, **o)
adamw = lambda **o: lambda p: optim.AdamW(p, lr=0.05, **o)
rms = lambda **o: lambda p: optim.RMSprop(p, lr=0.02, **o)

cases = [
    run('sgd(0.1)', sgd()),
    run('sgd(0.1, momentum = 0.9, decay = 0.01)', sgd(momentum=0.9, weight_decay=0.01)),
    run('sgd(0.1, momentum = 0.9, decay = 0.01, nesterov = on)', sgd(momentum=0.9, weight_decay=0.01, nesterov=True)),
    run('adam(0.05)', adam()),
    run('adam(0.05, decay = 0.1, beta1 = 0.8, beta2 = 0.99, epsilon = 1e-3)', adam(weight_decay=0.1, betas=(0.8, 0.99), eps=1e-3)),
    run('adamw(0.05)', adamw()),
    run('adamw(0.05, decay = 0.3, beta1 = 0.8, beta2 = 0.99, epsilon = 1e-3)', adamw(weight_decay=0.3, betas=(0.8, 0.99), eps=1e-3)),
    run('rmsprop(0.02)', rms()),
    run('rmsprop(0.02, beta = 0.8, epsilon = 1e-3, decay = 0.1)', rms(alpha=0.8, eps=1e-3, weight_decay=0.1)),
    run('rmsprop(0.02, momentum = 0.9)', rms(momentum=0.9)),
    run('rmsprop(0.02, centred = on)', rms(centered=True)),
    run('rmsprop(0.02, centred = on, momentum = 0.5, decay = 0.1, beta = 0.9)', rms(centered=True, momentum=0.5, weight_decay=0.1, alpha=0.9)),
    run('sgd(0.1, clip = 1)', sgd(), clip=1.0),
    run('sgd(0.1, clip = 1, momentum = 0.9, decay = 0.1)', sgd(momentum=0.9, weight_decay=0.1), clip=1.0),
    run('sgd(0.1, clip = 1)', sgd(), clip=1.0, apart=True),
    run('adam(0.05, clip = 0.5)', adam(), clip=0.5),
    run('sgd(0.1, clip = 1000)', sgd(), clip=1000.0),
    run('sgd(0.1, schedule = step(every = 2, factor = 0.5))', sgd(), lambda o: schedulers.StepLR(o, 2, 0.5)),
    run('sgd(0.1, schedule = exponential(0.7))', sgd(), lambda o: schedulers.ExponentialLR(o, 0.7)),
    run('sgd(0.1, schedule = linear(to = 0.2))', sgd(), lambda o: schedulers.LinearLR(o, 1.0, 0.2, STEPS), each=True),
    run('sgd(0.1, schedule = constant(warmup = 2))', sgd(), lambda o: schedulers.LinearLR(o, 0.1, 1.0, 9), each=True),
    run('sgd(0.1, schedule = cosine)', sgd(), lambda o: schedulers.CosineAnnealingLR(o, STEPS), each=True),
]

falling = [1, 0.9, 0.95, 0.91, 0.9, 0.9, 0.89995, 0.8, 0.85, 0.81, 0.82, 0.83, 0.84, 0.85, 0.86, 0.87, 0.7, 0.71, 0.72, 0.73, 0.74]
plateaus = [
    plateau('plateau(factor = 0.5, patience = 2)', falling, 0.1, factor=0.5, patience=2),
    plateau('plateau(patience = 0)', falling, 0.1, patience=0),
    plateau('plateau(factor = 0.3, patience = 1, cooldown = 2, threshold = 0.1)', falling, 0.1, factor=0.3, patience=1, cooldown=2, threshold=0.1),
    plateau('plateau(factor = 0.1, patience = 1, least = 0.002)', falling, 0.1, factor=0.1, patience=1, min_lr=0.002),
    plateau('plateau(factor = 0, patience = 3)', falling, 0.1, factor=0.0, patience=3),
]

print(json.dumps({
    'torch': torch.__version__, 'batches': BATCHES,
    'x': xs.reshape(STEPS, -1).tolist(), 'target': targets.reshape(STEPS, -1).tolist(),
    'W': numbers(W0), 'k': numbers(k0), 'cases': cases, 'plateaus': plateaus,
}))
