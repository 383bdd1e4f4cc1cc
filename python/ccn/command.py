"""Finds the command `ccn`, and runs it."""

import os
import shutil
import signal
import subprocess
import threading
from collections import deque

from .errors import CcnError, CheckError, Interrupted, NodeMissing
from .files import LONGEST_LINE, parse_json

NODE = (
    "CCN runs on Node.js 20.19 or newer, which is not part of this package. Get it from https://nodejs.org, or by "
    "`conda install -c conda-forge nodejs`."
)
COMMAND = (
    "Build CCN by `npm ci` in its folder, and put the command on the PATH there by `npm link`; or set the environment "
    "variable CCN to the path of its `bin/ccn.js`."
)
#: Of what a command says besides its result; more than any message has.
MOST_LINES = 400


def find_command(environment=None):
    """
    The words that start `ccn`: what the environment variable CCN says (a program, or the path of `bin/ccn.js`), the
    `ccn` on the PATH, or the one of the repository that this package lies in. Raises NodeMissing.
    """
    environment = os.environ if environment is None else environment
    path = environment.get("PATH")
    said = environment.get("CCN")
    if said:
        if said.endswith((".js", ".mjs")):
            if not os.path.isfile(said):
                raise NodeMissing(f"There is no {said}, which the environment variable CCN names.", COMMAND)
            return [_node(path), os.path.abspath(said)]
        program = shutil.which(said, path=path)
        if program is None:
            raise NodeMissing(f"There is no command {said}, which the environment variable CCN names.", COMMAND)
        return [program]
    program = shutil.which("ccn", path=path)
    if program:
        # It is a script of Node.js, and could only say that there is none.
        _node(path)
        return [program]
    beside = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "bin", "ccn.js")
    if os.path.isfile(beside):
        return [_node(path), beside]
    if shutil.which("node", path=path) is None:
        raise NodeMissing(f"There is no command `ccn`, and no Node.js. {NODE}", COMMAND)
    raise NodeMissing("There is no command `ccn` on the PATH.", COMMAND)


def _node(path):
    program = shutil.which("node", path=path)
    if program is None:
        raise NodeMissing(f"There is no Node.js on the PATH. {NODE}")
    return program


def option(name, value):
    """`--name=value`, so that no value is taken for an option."""
    return f"--{name.replace('_', '-')}={text_of(value)}"


def file_argument(file):
    """A path that is not taken for an option."""
    text = os.fspath(file)
    return os.path.join(os.curdir, text) if text.startswith("-") else text


def text_of(value):
    """A value as the language writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value.item() if hasattr(value, "item") else value)


def run(arguments, cwd=None):
    """What a command prints on its standard output, and its exit code. Raises CcnError if it fails with an error."""
    process, said = _start(arguments, cwd)
    with process:
        try:
            out = process.stdout.read()
        except BaseException:
            process.kill()
            raise
    said.join()
    return out.decode("utf-8", "replace"), process.returncode, said.text()


def follow(arguments, hear, cwd=None):
    """
    Runs a command that tells what happens as JSON lines, and calls `hear` with each. Ctrl-C, or the stop button of a
    notebook, is passed on to the command, which saves and ends; a second one ends it at once. Gives the exit code and
    what else it said. Raises Interrupted, or what `hear` raises.
    """
    process, said = _start(arguments, cwd)
    interrupted = False
    with process:
        while True:
            try:
                line = process.stdout.readline(LONGEST_LINE)
                if not line:
                    break
                record = _record(line)
                if record is not None and not interrupted:
                    hear(record)
            except KeyboardInterrupt:
                if interrupted:
                    process.kill()
                    raise
                interrupted = True
                _interrupt(process)
            except BaseException:
                # What listens has failed: the command saves and ends, too.
                _interrupt(process)
                process.stdout.close()
                process.wait()
                raise
        process.wait()
    said.join()
    if interrupted or process.returncode == 130:
        raise Interrupted(said.text().strip() or "Interrupted.")
    return process.returncode, said.text()


def error_of(text, code):
    """The exception for what a command said when it failed."""
    text = text.strip()
    if text.startswith("error["):
        return CheckError(text, _diagnostics(text))
    start = text.find("error: ")
    if start < 0:
        return CcnError(text or f"The command `ccn` ended with the exit code {code}.")
    message, _, hint = text[start + len("error: ") :].partition("\n")
    return CcnError(message, hint.strip() or None)


def _diagnostics(text):
    """The diagnostics in a rendered text, as far as it has them: code, severity, message, place."""
    found = []
    for line in text.split("\n"):
        head, _, message = line.partition(": ")
        severity, _, code = head.partition("[")
        if severity in ("error", "warning") and code.endswith("]"):
            found.append({"code": code[:-1], "severity": severity, "message": message})
        elif found and line.strip().startswith("--> ") and "file" not in found[-1]:
            parts = line.strip()[4:].rsplit(":", 2)
            if len(parts) == 3 and parts[1].isdigit() and parts[2].isdigit():
                place = {"line": int(parts[1]), "column": int(parts[2])}
                found[-1].update(file=parts[0], start=place)
    return found


def _record(line):
    try:
        record = parse_json(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _start(arguments, cwd):
    words = [*find_command(), *arguments]
    environment = {**os.environ, "NO_COLOR": "1"}
    # In a session of its own, so that Ctrl-C reaches it once, from here.
    own = {"start_new_session": True} if os.name == "posix" else {}
    try:
        process = subprocess.Popen(
            words,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **own,
        )
    except (OSError, ValueError) as error:
        raise CcnError(f"Cannot start {words[0]}: {getattr(error, 'strerror', None) or error}.", COMMAND) from None
    return process, _Said(process.stderr)


def _interrupt(process):
    if process.poll() is None:
        process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)


class _Said(threading.Thread):
    """Reads what a command says on its standard error, so that it never waits for a reader; keeps the last lines."""

    def __init__(self, stream):
        super().__init__(daemon=True)
        self._stream = stream
        self._lines = deque(maxlen=MOST_LINES)
        self.start()

    def run(self):
        for line in iter(lambda: self._stream.readline(1 << 16), b""):
            self._lines.append(line)

    def text(self):
        """What it said."""
        return b"".join(self._lines).decode("utf-8", "replace")
