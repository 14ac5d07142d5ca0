"""Puts the published parts together as a build folder: links, manifest and card."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gristmill import __version__
from gristmill.build.attribution import NAME as ATTRIBUTION
from gristmill.build.attribution import write_attribution
from gristmill.build.card import card
from gristmill.build.finished import StepEntry
from gristmill.build.funnel import Funnel
from gristmill.build.layout import Layout
from gristmill.build.ledger import FATES
from gristmill.build.parts import PartInfo, PartRef
from gristmill.build.ready import READY, files_of, link, make_ready
from gristmill.build.shape import Shape
from gristmill.build.step_entries import step_entry
from gristmill.build.store import read_json, sha256, write_json, write_whole
from gristmill.build.telling import RuleCounts, count_rules, too_few, uncompared
from gristmill.contracts.sink import output_names
from gristmill.contracts.splitting import SplitStep
from gristmill.errors import BuildError
from gristmill.recipe.dump import dump
from gristmill.recipe.model import Recipe
from gristmill.recipe.plan import Plan

_LIBRARIES = ("numpy", "numba", "pyarrow", "duckdb", "pydantic", "fastwarc", "resiliparse", "ftfy", "fasttext-predict")
_PUBLISHED = ("data", "dropped", "ledger", READY, "certificate.json", ATTRIBUTION)


def assemble(
    recipe: Recipe,
    plan: Plan,
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
    splits = _splits(recipe)
    shutil.rmtree(staging, ignore_errors=True)
    gathered = _gather(recipe, folders, staging)
    counts = gathered.funnel.totals()
    steps = [step_entry(line) for line in recipe.steps]
    count_rules(steps, gathered.rules)
    for step in steps:
        if step["name"] in recall:
            step["recall"] = recall[step["name"]]
    # Without the build's own place: it may lie anywhere (--output), and be moved.
    written = dump(recipe.model_copy(update={"build": None}))
    if certificate is not None:
        gathered.outputs.append(_certified(layout, staging, certificate))
    named = write_attribution(staging, [StepEntry.model_validate(step) for step in steps])
    if named is not None:
        gathered.outputs.append(named)
    outputs = sorted(gathered.outputs, key=lambda output: str(output["path"]))
    delivered = _delivered(recipe, outputs)
    ready, unready = make_ready(recipe, outputs, splits, staging)
    manifest: dict[str, Any] = {
        "gristmill": __version__,
        "print": print_,
        "name": recipe.name,
        "kind": recipe.kind,
        "recipe": written,
        "steps": steps,
        "funnel": gathered.funnel.entries(),
        "counts": counts,
        "skipped": _skipped(parts),
        "warnings": [
            *_warnings(counts, gathered.left_out),
            *_left_out(delivered),
            *unready,
            *uncompared(steps, gathered.funnel.entries()),
            *too_few(steps, gathered.funnel.entries()),
        ],
        "versions": {"gristmill": __version__, **{name: version(name) for name in _LIBRARIES}},
        "outputs": outputs,
        "delivered": delivered,
        "ready": ready,
        "digest": _digest([*outputs, *ready]),
    }
    if pinned:
        manifest["pinned"] = list(pinned)
    if recipe.kind != "document":
        manifest["shape"] = gathered.shape.as_json()
    if certificate is not None:
        manifest["certificate"] = certificate
        manifest["warnings"] += certificate["warnings"]
    _put_in_place(layout, staging)
    write_whole(layout.recipe, written.encode())
    write_whole(
        layout.root / "README.md", card(recipe, counts, [output["path"] for output in outputs], splits).encode()
    )
    write_json(layout.manifest, manifest)
    return manifest


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


@dataclass(slots=True)
class _Gathered:
    """The parts together: counts, files, and dropped records whose texts the cap left out, by step."""

    funnel: Funnel = field(default_factory=Funnel)
    rules: list[RuleCounts] = field(default_factory=list)
    outputs: list[dict[str, Any]] = field(default_factory=list)
    shape: Shape = field(default_factory=Shape)
    left_out: dict[str, int] = field(default_factory=dict)


def _gather(recipe: Recipe, folders: Sequence[Path], staging: Path) -> _Gathered:
    """Check the books of each part and link its files into `staging`."""
    gathered = _Gathered()
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


def _check_books(done: dict[str, Any], recipe: Recipe) -> None:
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
