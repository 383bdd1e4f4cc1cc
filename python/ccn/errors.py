"""What goes wrong, in sentences for people."""


class CcnError(Exception):
    """Something is wrong with a file, or with what was asked for. `hint` says what to do about it, if known."""

    def __init__(self, message, hint=None):
        self.message = message
        self.hint = hint
        super().__init__(message if not hint else f"{message}\n{hint}")


class CheckError(CcnError):
    """A `.ccn` file has errors. `diagnostics` lists them, as `ccn.check` gives them."""

    def __init__(self, message, diagnostics=(), hint=None):
        self.diagnostics = list(diagnostics)
        super().__init__(message, hint)


class NodeMissing(CcnError):
    """The command `ccn`, or Node.js, which it runs on, is not there."""


class Interrupted(KeyboardInterrupt):
    """A run or sweep was interrupted, and is saved: `name` is what `resume` takes."""

    def __init__(self, message, name=None, path=None):
        self.name = name
        self.path = path
        super().__init__(message)


def cannot(action, path, reason):
    """`Cannot read runs/a/manifest.json: it is a link.`"""
    return CcnError(f"Cannot {action} {path}: {reason}.")
