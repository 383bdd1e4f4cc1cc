"""What the independent programs share beside their draws: options, and where figures go. `python3 NAME.py` writes the figures of the specs,
`NAME.json` beside the program; `python3 NAME.py hidden=7 steps=400` prints those of other sizes, for whoever asks `ccn train` for the
same by --set, --steps and --seed."""
import json
import pathlib
import sys


def asked(**defaults):
    """The options NAME=VALUE of the command line over these defaults, as numbers of the same kind, in their order."""
    values = dict(defaults)
    for word in sys.argv[1:]:
        name, _, value = word.partition('=')
        if name not in defaults:
            sys.exit(f'There is no option {name}; there are {", ".join(defaults)}.')
        values[name] = type(defaults[name])(value)
    return values.values()


def tell(program, figures, indent=1):
    """Writes the figures beside the program, or prints them where options were given."""
    text = json.dumps(figures, indent=indent)
    if len(sys.argv) > 1:
        print(text)
    else:
        pathlib.Path(program).with_suffix('.json').write_text(text + '\n')
