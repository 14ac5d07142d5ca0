"""The script of each letter, which letters of another script it looks like, and its place in the alphabet."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np

from gristmill.text.characters import Table

COMMON, LATIN, GREEK, CYRILLIC, OTHER = range(5)
"""Scripts: `COMMON` is what is no letter, `OTHER` all letters of further scripts."""

SCRIPT = 7  # mask of the script
AS_LATIN = 1 << 3  # a Greek or Cyrillic letter that is drawn like a Latin one
AS_CYRILLIC = 1 << 4  # a Latin letter that is drawn like a Cyrillic one
AS_GREEK = 1 << 5
CAPITAL = 1 << 6
MARK = 1 << 7  # General_Category M, but for selectors and joiners that nobody sees
PLACE_SHIFT = 8  # above it the place of a letter in its alphabet, from 1, case and marks aside
ELSE = 33  # the place of a letter that is not in the basic alphabet of its script


@cache
def script_table() -> Table:
    """The table, in two steps as `characters`, read once a process; made by tools/make_scripts.py."""
    with (files("gristmill.text") / "scripts.npz").open("rb") as file, np.load(file) as arrays:
        table: Table = arrays["table"]
    return table
