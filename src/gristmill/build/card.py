"""The card of a build: what the folder holds, and which files `datasets.load_dataset` takes for the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gristmill import __version__
from gristmill.recipe.model import Recipe


def card(recipe: Recipe, counts: Mapping[str, int], paths: Sequence[str], splits: Sequence[str]) -> str:
    """A card that tells `datasets.load_dataset` which files are the data."""
    suffix = recipe.outputs[0].suffix
    files = f" data/*{suffix}"
    if splits:
        names = [name for name in splits if any(path.startswith(f"data/{name}-") for path in paths)]
        files = "".join(f"\n  - split: {name}\n    path: data/{name}-*{suffix}" for name in names)
    return f"""---
configs:
- config_name: default
  data_files:{files}
---

# {recipe.name}

{counts["kept"]} {recipe.kind}s, kept of {counts["read"]} read ({counts["dropped"]} dropped, {counts["merged"]} merged
into others, {counts["quarantined"]} quarantined). Made by Gristmill {__version__}; `report.html` tells how,
`ledger/` has a row for every record that was read, `dropped/` the texts that went.
"""
