"""The parts of a build put together: what they counted, and their files, once their books are found to balance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gristmill.build.funnel import Funnel
from gristmill.build.ledger import FATES
from gristmill.build.ready import files_of, link
from gristmill.build.shape import Shape
from gristmill.build.store import read_json
from gristmill.build.telling import RuleCounts
from gristmill.errors import BuildError
from gristmill.recipe.model import Recipe


@dataclass(slots=True)
class Gathered:
    """The parts together: counts, files, and dropped records whose texts the cap left out, by step."""

    funnel: Funnel = field(default_factory=Funnel)
    rules: list[RuleCounts] = field(default_factory=list)
    outputs: list[dict[str, Any]] = field(default_factory=list)
    shape: Shape = field(default_factory=Shape)
    left_out: dict[str, int] = field(default_factory=dict)


def gather(recipe: Recipe, folders: Sequence[Path], staging: Path) -> Gathered:
    """Check the books of each part and link its files into `staging`."""
    gathered = Gathered()
    kept_bytes: dict[str, int] = {}
    for folder in folders:
        done = read_json(folder / "done.json")
        gathered.funnel.add(done["funnel"])
        gathered.rules.append(done["rules"])
        gathered.shape.merge(done["shape"])
        _check_books(done, recipe)
        for name, digest in done["sha256"].items():
            step = name.split("/")[1] if name.startswith("dropped/") else None
            size = done["bytes"].get(name, 0)
            if step and kept_bytes.get(step, 0) + size > recipe.dropped.max_mb_per_step << 20:
                gathered.left_out[step] = gathered.left_out.get(step, 0) + done["rows"][name]
                continue
            if step:
                kept_bytes[step] = kept_bytes.get(step, 0) + size
            link(folder / name, staging / name)
            entry = {"path": name, "records": done["rows"][name], "bytes": size, "sha256": digest}
            told = done["told"].get(name)
            gathered.outputs.append(entry | {"told": told} if told else entry)
    return gathered


def _check_books(done: Mapping[str, Any], recipe: Recipe) -> None:
    """read = kept + dropped + merged + quarantined, and the files hold as many records as were counted."""
    part = Funnel()
    part.add(done["funnel"])
    counts = part.totals()
    rows: dict[str, int] = done["rows"]
    ledger = sum(count for name, count in rows.items() if name.startswith("ledger/records/"))
    files = [{"path": name, "records": count} for name, count in rows.items()]
    kept = {sum(file["records"] for file in mine) for mine in files_of(recipe, files)}
    gone = sum(count for name, count in rows.items() if name.startswith("dropped/"))
    balanced = counts["read"] == ledger == sum(counts[fate] for fate in FATES) and kept == {counts["kept"]}
    if not balanced or (recipe.dropped.text and gone != counts["dropped"] + counts["merged"]):
        raise BuildError(f"the books do not balance: {counts}, files {rows}; this is a defect of Gristmill's own")
