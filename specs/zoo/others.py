"""Other sizes, seeds and options of the zoo's models than those of `NAME.json`: runs the independent programs with them, and writes what they
come to into others.json, with the arguments of `ccn train` that ask for the same beside those of the table (showcase/zoo)."""
import json
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).parent
asked = [
    ('credit_assignment/burstprop', 'layers=3 hidden=7 epochs=30 rate=0.7', '--set layers=3 hidden=7 rate=0.7 --epochs 30'),
    ('credit_assignment/contrastive_hebbian', 'hidden=9 gamma=0.3', '--set hidden=9 gamma=0.3'),
    ('credit_assignment/direct_feedback_alignment', 'hidden=1 epochs=40', '--set hidden=1 --epochs 40'),
    ('credit_assignment/equilibrium_propagation', 'hidden=11 beta=0.7 rate=0.15', '--set hidden=11 beta=0.7 rate=0.15'),
    ('credit_assignment/pepita', 'hidden=13 epochs=60', '--set hidden=13 --epochs 60'),
    ('credit_assignment/predictive_coding', 'hidden=3', '--set hidden=3'),
    ('credit_assignment/sign_symmetric', 'hidden=2 epochs=30', '--set hidden=2 --epochs 30'),
    ('credit_assignment/weight_mirror', 'seed=77', '--seed 77'),
    ('credit_assignment/forward_forward', 'hidden=5 epochs=20', '--set hidden=5 --epochs 20'),
    ('credit_assignment/dendritic_gated', 'per=1 branches=7 epochs=40', '--set per=1 branches=7 --epochs 40'),
    ('credit_assignment/dendritic_microcircuits', 'hidden=1 steps=401 apical=0.6', '--set hidden=1 apical=0.6 --steps 401'),
    ('credit_assignment/reward_perturbation', 'hidden=3 seed=5 sigma=0.5 steps=1001', '--set hidden=3 sigma=0.5 --seed 5 --steps 1001'),
    ('recurrent/hopfield_graded', 'cells=37 gain=2.5', '--set cells=37 gain=2.5'),
    ('recurrent/head_direction', 'cells=41', '--set cells=41'),
    ('recurrent/ring', 'cells=33 contrast=7.5', '--set cells=33 contrast=7.5'),
    ('recurrent/rflo', 'cells=7 seed=11 steps=601', '--set cells=7 --seed 11 --steps 601'),
    ('recurrent/miconi', 'cells=9 seed=4 steps=2001 push=1.5', '--set cells=9 push=1.5 --seed 4 --steps 2001'),
    ('unsupervised/oja', 'inputs=5 seed=9 steps=1001', '--set n=5 --seed 9 --steps 1001'),
    ('unsupervised/sanger', 'inputs=7 units=2 seed=6 steps=1001', '--set n=7 units=2 --seed 6 --steps 1001'),
    ('unsupervised/bcm', 'inputs=7 cells=3 seed=8 steps=1001', '--set n=7 cells=3 --seed 8 --steps 1001'),
    ('spikes/diehl_cook', 'cells=13 seed=5 steps=601 lift=0.3', '--set cells=13 lift=0.3mV --seed 5 --steps 601'),
]
found = {}
for name, options, run in asked:
    if sys.argv[1:] and not any(part in name for part in sys.argv[1:]):
        continue
    command = [sys.executable, str(here / f'{name}.py'), *options.split(' ')]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found[name] = {'options': options, 'run': run, 'figures': json.loads(out)}
(here / 'others.json').write_text(json.dumps(found) + '\n')
