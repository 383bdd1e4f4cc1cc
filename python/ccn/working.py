"""What the command `ccn` does, as functions: check, describe, train, sweep."""

import os
import warnings

from .command import error_of, file_argument, follow, option, run, text_of
from .errors import CcnError, Interrupted
from .files import parse_json
from .progress import listener
from .run import open_run
from .sweep import open_sweep


def check(file):
    """
    What is wrong with a `.ccn` file, and what is known of it: a list of diagnostics, each a dict with `code`,
    `severity` (`error`, `warning`, `remark`), `message`, `file`, `start` and `end` (`line`, `column`), and `hint` or
    `where` if there are any. A file with errors is no reason to raise.
    """
    out, code, said = run(["check", "--json", file_argument(file)])
    try:
        files = parse_json(out)
    except ValueError:
        raise error_of(said or out, code) from None
    return [diagnostic for each in files for diagnostic in each["diagnostics"]]


def describe(file, set=None, variant=None, experiment=None):
    """What a circuit is, as papers describe it: a dict of tables, equations, parameters with their sources."""
    arguments = ["describe", "--format=json", *_choice(set, variant, experiment), file_argument(file)]
    out, code, said = run(arguments)
    if code != 0:
        raise error_of(said, code)
    return parse_json(out)


def graph(file, set=None, variant=None, experiment=None, theme="auto"):
    """The circuit's diagram, as the text of an SVG picture."""
    arguments = ["graph", option("theme", theme), "--output=-", *_choice(set, variant, experiment)]
    out, code, said = run([*arguments, file_argument(file)])
    if code != 0:
        raise error_of(said, code)
    return out


def train(
    file=None,
    set=None,
    variant=None,
    seed=None,
    experiment=None,
    epochs=None,
    steps=None,
    batch=None,
    limit=None,
    engine=None,
    threads=None,
    precision=None,
    until_loss=None,
    data_dir=None,
    allow_read=(),
    name=None,
    resume=None,
    force=False,
    report=True,
    runs="runs",
    progress=True,
):
    """
    Runs an experiment of a `.ccn` file, and gives the Run. `set` is a dict of parameters, `variant` a name or a list of
    names; `resume` is the name of a run to go on with, or True for the latest one that was not finished. `progress`
    shows a line; a function is called with every event (a dict: `started`, `step`, `epoch` or `phase`, `ended`).

    Raises CheckError if the file has errors, CcnError for anything else in the command's own sentence, and Interrupted
    on Ctrl-C, once the run is saved.
    """
    if file is None and resume is None:
        raise CcnError("Say which file to train, or which run to go on with: resume='NAME'.")
    values = {
        "seed": seed,
        "epochs": epochs,
        "steps": steps,
        "batch": batch,
        "limit": limit,
        "engine": engine,
        "threads": threads,
        "precision": precision,
        "until_loss": until_loss,
        "data_dir": data_dir,
        "name": name,
        "out": runs,
    }
    arguments = ["train", "--json", *_choice(set, variant, experiment), *_options(values, allow_read)]
    arguments += [word for word, said in (("--force", force), ("--no-report", not report)) if said]
    if resume is not None and resume is not False:
        arguments.append("--resume" if resume is True else option("resume", resume))
    hear = listener(progress, "train")
    path = None

    def heard(event):
        nonlocal path
        if event.get("kind") == "started" and isinstance(event.get("run"), str):
            path = event["run"]
        hear(event)

    # `--` keeps the file from being taken for the name of a run to go on with.
    files = [] if file is None else ["--", file_argument(file)]
    try:
        code, said = follow([*arguments, *files], heard)
    except Interrupted as stop:
        raise Interrupted(f"{stop}", path and os.path.basename(path), path) from None
    if code != 0:
        raise error_of(said, code)
    if path is None:
        raise CcnError("The command `ccn` did not say where the run is.", "Is it of another version?")
    return open_run(path)


def sweep(
    file=None,
    name=None,
    vary=None,
    seeds=None,
    report=None,
    set=None,
    experiment=None,
    epochs=None,
    steps=None,
    batch=None,
    limit=None,
    jobs=None,
    network=None,
    precision=None,
    data_dir=None,
    allow_read=(),
    weights=False,
    resume=False,
    sweeps="sweeps",
    progress=True,
):
    """
    Runs a sweep of a `.ccn` file, and gives the Sweep: the one that it declares under `name`, or one of `vary` (a dict,
    e.g. `{"feedback": [0.5, 1, 2], "rate": "log(0.01, 1, 7)"}`), `seeds` (how many, `range(1, 11)`, a list, or a text
    such as `1..10`) and `report` (figures, e.g. `["error", "loss best"]`). Points that are done are never done again. Points that fail are warned
    of; see `Sweep.failures`. `resume` goes on with the sweep `name` as it was defined.
    """
    if file is None and not (resume and name):
        raise CcnError("Say which file to sweep, or which sweep to go on with: name='NAME', resume=True.")
    values = {
        "seeds": _seeds(seeds),
        "name": name if vary or file is None else None,
        "experiment": experiment,
        "epochs": epochs,
        "steps": steps,
        "batch": batch,
        "limit": limit,
        "jobs": jobs,
        "network": network,
        "precision": precision,
        "data_dir": data_dir,
        "sweeps": sweeps,
    }
    arguments = ["sweep", "--json", *_choice(set, None, None), *_options(values, allow_read)]
    arguments += [option("vary", f"{key}={_listed(choices)}") for key, choices in (vary or {}).items()]
    arguments += [option("report", each) for each in ([report] if isinstance(report, str) else report or [])]
    arguments += [word for word, said in (("--weights", weights), ("--resume", resume)) if said]
    if file is not None:
        arguments += ["--", file_argument(file), *([] if vary or name is None else [name])]
    hear = listener(progress, "sweep")
    found, ended = name, None

    def heard(event):
        nonlocal found, ended
        if event.get("kind") in ("defined", "ended") and isinstance(event.get("name"), str):
            found = event["name"]
        if event.get("kind") == "ended":
            ended = event
        hear(event)

    try:
        code, said = follow(arguments, heard)
    except Interrupted as stop:
        raise Interrupted(f"{stop}", found, found and os.path.join(sweeps, found)) from None
    if ended is None:
        raise error_of(said, code)
    if ended.get("failures"):
        count = len(ended["failures"])
        first = ended["failures"][0].get("reason")
        warnings.warn(f"{count} points of sweep {found} failed, e.g.: {first}", stacklevel=2)
    return open_sweep(found, sweeps)


def _choice(set, variant, experiment):
    words = [option("set", f"{name}={text_of(value)}") for name, value in (set or {}).items()]
    if variant:
        words.append(option("variant", variant if isinstance(variant, str) else ",".join(variant)))
    return words if experiment is None else [*words, option("experiment", experiment)]


def _options(values, allow_read):
    words = [option(name, value) for name, value in values.items() if value is not None]
    folders = [allow_read] if isinstance(allow_read, (str, os.PathLike)) else allow_read
    return words + [option("allow-read", os.fspath(folder)) for folder in folders]


def _seeds(seeds):
    if seeds is None or isinstance(seeds, str):
        return seeds
    return f"1..{seeds}" if isinstance(seeds, int) else ",".join(text_of(each) for each in seeds)


def _listed(choices):
    if isinstance(choices, str) or not hasattr(choices, "__iter__"):
        return text_of(choices)
    return ",".join(text_of(each) for each in choices)
