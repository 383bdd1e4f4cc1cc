"""What somebody may have meant."""

import difflib


def suggest(text, names):
    """The name that is closest, if one is close."""
    found = difflib.get_close_matches(text, names, n=1, cutoff=0.7)
    return found[0] if found else None
