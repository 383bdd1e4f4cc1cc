"""Other sizes, seeds and options of the zoo's models than those of `NAME.json`: runs the independent programs with them, and writes what they
come to into others.json (given parts of names, only of those), with the arguments of `ccn train` that ask for the same beside those of the table (showcase/zoo)."""
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
    ('credit_assignment/dann', 'hidden=4 others=3 steps=30', '--set hidden=4 others=3 --epochs 30'),
    ('credit_assignment/deep_feedback_control', 'hidden=5 layers=2 seed=3 alpha=0.2', '--set hidden=5 layers=2 alpha=0.2 --seed 3'),
    ('credit_assignment/difference_target_propagation', 'hidden=7 steps=60', '--set hidden=7 --epochs 60'),
    ('credit_assignment/persistent_particles', 'hidden=11 trials=400', '--set hidden=11 --steps 4000'),
    ('credit_assignment/target_propagation', 'hidden=5', '--set hidden=5'),
    ('recurrent/echo_state', 'cells=37 seed=7 radius=1.1', '--set cells=37 radius=1.1 --seed 7'),
    ('recurrent/eprop', 'cells=33 beta=0.17 steps=1501', '--set cells=33 beta=0.17 --steps 1501'),
    ('recurrent/force', 'cells=61 g=1.2 alpha=2 steps=1500 seed=5', '--set cells=61 g=1.2 alpha=2 --seed 5 --steps 1500'),
    ('recurrent/hopfield', 'cells=63 load=5 seed=4', '--set cells=63 load=5 --seed 4'),
    ('recurrent/jansen_rit', 'C=128 drive=155', '--set C=128 drive=155Hz'),
    ('recurrent/rtrl', 'cells=7 tau=4 period=90 trials=9 seed=2', '--set cells=7 tau=4ms period=90ms --seed 2 --steps 811'),
    ('recurrent/song', 'cells=9 others=3 trials=33', '--set cells=9 others=3 --steps 331'),
    ('recurrent/stabilised_supralinear', 'k=0.03 n=2.2', '--set k=0.03 n=2.2'),
    ('recurrent/wilson_cowan', 'drive=1.6 c1=15 c2=11.5 theta_i=3.5', '--set drive=1.6 c1=15 c2=11.5 theta_i=3.5'),
    ('spikes/brunel', 'cells=85 J=1.5 g=4 eta=1.5 seed=9', '--set cells=85 J=1.5mV g=4 eta=1.5 --seed 9'),
    ('spikes/clopath', 'ltd=1e-4 ltp=1.2e-4', '--set ltd=1e-4/mV ltp=1.2e-4/mV^2'),
    ('spikes/decision', 'cells=60 seed=3 coherence=-0.3 strength=1.9', '--set cells=60 coherence=-0.3 strength=1.9 --seed 3'),
    ('spikes/inhibitory_plasticity', 'cells=72 seed=3 target=0.009 eta=2', '--set cells=72 target=9Hz eta=2nS --seed 3'),
    ('spikes/liquid_state', 'jitter=7 seed=5', '--set jitter=7ms --seed 5'),
    ('spikes/population_bursts', 'cells=120 recovery=500 seed=6', '--set cells=120 recovery=500ms --seed 6'),
    ('spikes/reward_stdp', 'seed=8 steps=30001', '--seed 8 --steps 30001'),
    ('spikes/surrogate_gradient', 'hidden=11 steep=4 least=0.35', '--set hidden=11 steep=4 least=0.35'),
    ('unsupervised/competitive', 'rate=0.11 steps=1001 seed=3', '--set rate=0.11 --seed 3 --steps 1001'),
    ('unsupervised/foldiak', 'p=0.1 seed=5 patterns=501', '--set p=0.1 --seed 5 --steps 10020'),
    ('unsupervised/self_organising_map', 'side=5 begin=2 until=0.4 seed=3', '--set side=5 from=2 until=0.4 --seed 3'),
    ('unsupervised/slow_feature_analysis', 'rate=0.003', '--set rate=0.003'),
    ('unsupervised/sorn', 'cells=75 repeats=4 eta=0.003 seed=2', '--set cells=75 repeats=4 eta=0.003 --seed 2'),
    ('unsupervised/sparse_coding', 'inputs=25 elements=70 threshold=0.07', '--set inputs=25 elements=70 lambda=0.07'),
    ('spikes/diehl_cook', 'cells=13 seed=5 steps=1201 lift=0.9 again=20', '--set cells=13 lift=0.9mV again=20ms --seed 5 --steps 1201'),
    ('spikes/adex_patterns', 'slope=1.4 more=35', '--set slope=1.4mV more=35pA'),
    ('spikes/izhikevich_patterns', 'drive=7.5 onset=31', '--set drive=7.5 onset=31ms'),
    ('spikes/hodgkin_huxley', 'least=3 warm=1.6 sodium=105', '--set least=3uA/cm^2 warm=1.6 sodium=105mS/cm^2'),
    ('spikes/graupner_brunel', 'c_pre=0.8 c_post=1.7 theta_p=1.4 gamma_p=450', '--set c_pre=0.8 c_post=1.7 theta_p=1.4 gamma_p=450'),
    ('spikes/triplet_stdp', 'a_plus=0.004 a_minus=0.009 tau_y=70 pairs=43', '--set a_plus=0.004 a_minus=0.009 tau_y=70ms pairs=43'),
    ('unsupervised/cascade', 'synapses=37 depths=3 seed=8', '--set synapses=37 depths=3 --seed 8'),
    ('recurrent/innate_training', 'cells=17 g=1.1 noise=0 steps=1333 seed=5', '--set cells=17 g=1.1 noise=0 --seed 5 --steps 1333'),
    ('spikes/spiking_force', 'cells=17 g=10 q=5 alpha=1 steps=1001', '--set cells=17 g=10 q=5 alpha=1 --steps 1001'),
    ('spikes/dendritic_prediction', 'inputs=7 eta=0.3 push=0.2 steps=2001 seed=6', '--set inputs=7 eta=0.3 push=0.2 --seed 6 --steps 2001'),
    ('credit_assignment/direct_feedback_alignment', 'hidden=31 epochs=17 rate=1.3', '--set hidden=31 rate=1.3 --epochs 17'),
    # The ones that are asked for most, once more.
    ('credit_assignment/burstprop', 'layers=2 hidden=4 epochs=45 base=0.35', '--set layers=2 hidden=4 base=0.35 --epochs 45'),
    ('credit_assignment/equilibrium_propagation', 'hidden=3 beta=0.3', '--set hidden=3 beta=0.3'),
    ('credit_assignment/dendritic_microcircuits', 'hidden=8 steps=601 apical=0.3', '--set hidden=8 apical=0.3 --steps 601'),
    ('recurrent/song', 'cells=4 others=1 trials=21', '--set cells=4 others=1 --steps 211'),
    ('recurrent/eprop', 'cells=12 beta=0 steps=1201', '--set cells=12 beta=0 --steps 1201'),
    ('recurrent/force', 'cells=35 g=1.8 alpha=0.5 steps=900 seed=12', '--set cells=35 g=1.8 alpha=0.5 --seed 12 --steps 900'),
    ('spikes/surrogate_gradient', 'hidden=6 steep=25 least=0.2', '--set hidden=6 steep=25 least=0.2'),
    ('spikes/triplet_stdp', 'a_minus=0 pairs=12', '--set a_minus=0 pairs=12'),
]
path = here / 'others.json'
found = {(each['name'], each['options']): each for each in json.loads(path.read_text())}
for name, options, run in asked:
    if sys.argv[1:] and not any(part in name for part in sys.argv[1:]):
        continue
    command = [sys.executable, str(here / f'{name}.py'), *options.split(' ')]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found[name, options] = {'name': name, 'options': options, 'run': run, 'figures': json.loads(out)}
kept = [found[name, options] for name, options, _ in asked if (name, options) in found]
path.write_text('[' + ',\n'.join(json.dumps(each) for each in kept) + ']\n')
