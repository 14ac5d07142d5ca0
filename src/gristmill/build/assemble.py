"""Puts the published parts together as a build folder: links, manifest and card."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gristmill import __version__
from gristmill.build.attribution import NAME as ATTRIBUTION
from gristmill.build.attribution import write_attribution
from gristmill.build.card import card
from gristmill.build.gathered import Gathered, gather
from gristmill.build.layout import Layout
from gristmill.build.manifest import StepEntry
from gristmill.build.parts import PartInfo, PartRef
from gristmill.build.ready import READY, files_of, link, make_ready
from gristmill.build.step_entries import step_entry
from gristmill.build.store import read_json, sha256, write_json, write_whole
from gristmill.build.telling import count_rules, too_few, uncompared
from gristmill.contracts.sink import output_names
from gristmill.contracts.splitting import SplitStep
from gristmill.recipe.dump import dump
from gristmill.recipe.model import Recipe

_LIBRARIES = ("numpy", "numba", "pyarrow", "duckdb", "pydantic", "fastwarc", "resiliparse", "ftfy", "fasttext-predict")
_PUBLISHED = ("data", "dropped", "ledger", READY, "certificate.json", ATTRIBUTION)


def assemble(
    recipe: Recipe,
    layout: Layout,
    parts: Sequence[PartRef],
    folders: Sequence[Path],
    print_: str,
    recall: Mapping[str, Any],
    certificate: Mapping[str, Any] | None = None,
    pinned: Sequence[str] = (),
) -> dict[str, Any]:
    """Replace what the folder holds by these parts, and write its manifest last. `recall` is by line."""
    staging = layout.work / "staging"
    shutil.rmtree(staging, ignore_errors=True)
    gathered = gather(recipe, folders, staging)
    steps = _steps(recipe, gathered, recall)
    gathered.outputs += _documents(layout, staging, steps, certificate)
    gathered.outputs.sort(key=lambda output: str(output["path"]))
    splits = _splits(recipe)
    ready, unready = make_ready(recipe, gathered.outputs, splits, staging)
    # Without the build's own place: it may lie anywhere (--output), and be moved.
    written = dump(recipe.model_copy(update={"build": None}))
    told = _manifest(recipe, gathered, steps) | {
        "print": print_,
        "recipe": written,
        "skipped": _skipped(parts),
        "ready": ready,
        "digest": _digest([*gathered.outputs, *ready]),
    }
    told["warnings"] += unready
    if pinned:
        told["pinned"] = list(pinned)
    if certificate is not None:
        told["certificate"] = certificate
        told["warnings"] += certificate["warnings"]
    _put_in_place(layout, staging)
    write_whole(layout.recipe, written.encode())
    paths = [output["path"] for output in gathered.outputs]
    write_whole(layout.root / "README.md", card(recipe, told["counts"], paths, splits).encode())
    write_json(layout.manifest, told)
    return told


def _steps(recipe: Recipe, gathered: Gathered, recall: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the manifest says of each step."""
    steps = [step_entry(line) for line in recipe.steps]
    count_rules(steps, gathered.rules)
    for step in steps:
        if step["name"] in recall:
            step["recall"] = recall[step["name"]]
    return steps


def _documents(
    layout: Layout, staging: Path, steps: Sequence[Mapping[str, Any]], certificate: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """Files that stand beside the records: the certificate of a split, and whom to name."""
    named = write_attribution(staging, [StepEntry.model_validate(step) for step in steps])
    certified = None if certificate is None else _certified(layout, staging, certificate)
    return [document for document in (certified, named) if document is not None]


def _manifest(recipe: Recipe, gathered: Gathered, steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the manifest says of the records."""
    counts, funnel = gathered.funnel.totals(), gathered.funnel.entries()
    delivered = _delivered(recipe, gathered.outputs)
    told = {
        "gristmill": __version__,
        "name": recipe.name,
        "kind": recipe.kind,
        "steps": steps,
        "funnel": funnel,
        "counts": counts,
        "warnings": [
            *_warnings(counts, gathered.left_out),
            *_left_out(delivered),
            *uncompared(steps, funnel),
            *too_few(steps, funnel),
        ],
        "versions": {"gristmill": __version__, **{name: version(name) for name in _LIBRARIES}},
        "outputs": gathered.outputs,
        "delivered": delivered,
    }
    return told if recipe.kind == "document" else told | {"shape": gathered.shape.as_json()}


def _put_in_place(layout: Layout, staging: Path) -> None:
    """Replace the files of an earlier build. Its manifest and report go first: with them, a build that fails from here
    on would look finished."""
    layout.manifest.unlink(missing_ok=True)
    layout.report.unlink(missing_ok=True)
    for name in _PUBLISHED:
        _remove(layout.root / name)
        if (staging / name).exists():
            (staging / name).rename(layout.root / name)
    shutil.rmtree(staging, ignore_errors=True)
    shutil.rmtree(layout.rejected, ignore_errors=True)


def _certified(layout: Layout, staging: Path, certificate: Mapping[str, Any]) -> dict[str, Any]:
    """The certificate as a file of the build."""
    path = staging / layout.certificate.name
    staging.mkdir(parents=True, exist_ok=True)
    write_json(path, certificate)
    return {"path": path.name, "records": 0, "bytes": 0, "sha256": sha256(path)}


def _delivered(recipe: Recipe, outputs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of each output of the recipe its records, files, and what its writers tell, added up."""
    found = []
    for name, mine in zip(output_names(recipe.outputs), files_of(recipe, outputs), strict=True):
        told: Counter[str] = Counter()
        for file in mine:
            told.update(file.get("told", {}))
        records = sum(file["records"] for file in mine)
        found.append({"output": name, "records": records, "files": len(mine), "told": dict(sorted(told.items()))})
    return found


def reject(layout: Layout, folders: Sequence[Path], certificate: Mapping[str, Any]) -> None:
    """Put the data of a split that leaks where it cannot be taken for the build's, with its certificate."""
    shutil.rmtree(layout.rejected, ignore_errors=True)
    for folder in folders:
        for name in read_json(folder / "done.json")["sha256"]:
            if name.startswith(("data/", "ledger/splits/")):
                link(folder / name, layout.rejected / name)
    write_json(layout.rejected / layout.certificate.name, certificate)


def _warnings(counts: Mapping[str, int], left_out: Mapping[str, int]) -> list[str]:
    empty = [] if counts["read"] else ["no record was read: the inputs are empty"]
    return empty + [
        f"{count} dropped records of {step} are in the ledger without their text (dropped.max_mb_per_step)"
        for step, count in sorted(left_out.items())
    ]


def _left_out(delivered: Sequence[Mapping[str, Any]]) -> list[str]:
    """What kept records are missing from an output, and why."""
    return [
        f"{output['output']}: {count} of {output['records']} kept records are {what}"
        for output in delivered
        for what, count in output["told"].items()
        if what.startswith("left out")
    ]


def _splits(recipe: Recipe) -> tuple[str, ...]:
    return next((tuple(line.step.names) for line in recipe.steps if isinstance(line.step, SplitStep)), ())


def _skipped(parts: Sequence[PartRef]) -> dict[str, int]:
    skipped: dict[str, int] = {}
    for part in parts:
        info = PartInfo.load(part.place, part.part)
        for name, count in (info.skipped if info else {}).items():
            skipped[name] = skipped.get(name, 0) + count
    return dict(sorted(skipped.items()))


def _remove(path: Path) -> None:
    """Take away what an earlier build left; of a link only the link."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


def _digest(outputs: Sequence[dict[str, Any]]) -> str:
    lines = [f"{output['sha256']}  {output['path']}\n" for output in outputs]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
