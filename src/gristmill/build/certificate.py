"""The certificate of a split: how much of each split stands in another, beside a random split of the same sizes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gristmill.build.certify import MASKS, Index, closest, match_parts, merge, sketch_parts
from gristmill.build.certify_rows import GRAM, SAME, SHINGLE, SHORT, CheckJob, delivered
from gristmill.build.funnel import Funnel
from gristmill.build.part_groups import grouped
from gristmill.build.parts import ChunkStored, PartRef, PartStores
from gristmill.build.state import state_before
from gristmill.build.store import read_json
from gristmill.contracts.splitting import SplitStep
from gristmill.engine.protocol import Task
from gristmill.recipe.plan import CorpusLine, Plan

MOST_WORDS = 12_000_000
"""Words of records that are held against all others, about; of a larger build a sample is."""
MOST_SHOWN, LONGEST = 10, 600
_OFF = 0.02  # how far a share may be off before it is told

Numbers = npt.NDArray[np.int64]
Run = Callable[[Task, Iterable[Any]], list[Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of the sampled records under one labelling."""

    labels: Numbers
    stands: dict[str, npt.NDArray[np.uint64]]  # splits in which the same text, prompt, answer or a near one does
    overlap: npt.NDArray[np.float64]  # of each record (row) the share of its 13-grams that stands in each split
    has_grams: npt.NDArray[np.bool_]


def certify_split(
    run: Run, plan: Plan, line: CorpusLine, step: SplitStep, parts: Sequence[PartRef], folders: Sequence[Path],
    summary: dict[str, Any], folder: Path,
) -> dict[str, Any]:  # fmt: skip
    """Compare what was delivered in each split with what was delivered in the others."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    words = _words(folders)
    sizes = np.array([split["records"] for split in summary["splits"]], float)
    ends = tuple((np.cumsum(sizes) / max(sizes.sum(), 1)).tolist())
    rate = min(1.0, MOST_WORDS / max(words, 1))
    ledgers = {part.ordinal: _ledger(place) for part, place in zip(parts, folders, strict=True)}

    jobs = [
        CheckJob(
            group, tuple(ledgers[part.ordinal] for part in group), plan, step.names, ends, rate, step.check_similarity,
            str(folder / "index"), str(folder / f"sketch-{number:05d}.npz"), str(folder / f"match-{number:05d}.npz"),
        )
        for number, group in enumerate(grouped(parts))
    ]  # fmt: skip
    sketched = sorted(run(sketch_parts, jobs))
    sampled = merge(sketched, folder / "index") if sketched else 0
    found: list[Found] = []
    pairs: list[dict[str, Any]] = []
    if sampled:
        matched = sorted(run(match_parts, jobs))
        index = Index(str(folder / "index"))
        found = [_found(index, matched, at, len(step.names)) for at in (0, 1)]
        pairs = _worst(matched, plan, parts, step, ledgers)
    told: dict[str, Any] = {
        **summary,
        "checked_by": {
            "records": sampled,
            "of": int(sizes.sum()),
            "similarity": step.check_similarity,
            "overlap": step.check_overlap,
            "gram_words": GRAM,
            "shingle_words": SHINGLE,
            "answer_words": SHORT,
        },
        "pairs": _pairs(found[0], step) if found else [],
        "random_pairs": _pairs(found[1], step) if found else [],
        "worst": pairs,
        "max_leakage": step.max_leakage,
    }
    for name in ("pairs", "random_pairs"):
        told[name.replace("pairs", "leakage")] = max((pair["leak"] for pair in told[name]), default=0.0)
    told["holds"] = step.max_leakage is None or told["leakage"] <= step.max_leakage
    told["warnings"] = warnings(line.name, step, told)
    shutil.rmtree(folder, ignore_errors=True)
    return told


def _ledger(folder: Path) -> str:
    """The ledger of a delivered part."""
    found = sorted((folder / "ledger" / "records").glob("*.parquet"))
    return str(found[0]) if found else str(folder / "none")


def _words(folders: Sequence[Path]) -> int:
    funnel = Funnel()
    for folder in folders:
        funnel.add(read_json(folder / "done.json")["funnel"])
    entries = funnel.entries()
    return int(entries[-1]["words_out"]) if entries else 0


def _found(index: Index, matched: Sequence[str], labelling: int, splits: int) -> Found:
    masks = {name: np.zeros(len(index[of]), np.uint64) for name, of in MASKS.items()}
    for path in matched:
        with np.load(path) as file:
            for name, mask in masks.items():
                mask[file[f"{name}_at"]] |= file[f"{name}_masks"][labelling]
    stands = {"near": masks["near"]}
    for name in SAME:
        stands[name] = masks[name][index.places(MASKS[name], index[name])]
        stands[name][index[name] == 0] = 0
    of_gram = masks["grams"][index.places("all_grams", index["grams"])]
    bounds = index["gram_bounds"]
    counts = np.diff(bounds)
    overlap = np.zeros((len(counts), splits))
    for split in range(splits):
        there = np.concatenate([[0], np.cumsum(of_gram >> np.uint64(split) & np.uint64(1))])
        overlap[:, split] = (there[bounds[1:]] - there[bounds[:-1]]).astype(float) / np.maximum(counts, 1)
    return Found(index["split" if labelling == 0 else "random"], stands, overlap, counts > 0)


def _pairs(found: Found, step: SplitStep) -> list[dict[str, Any]]:
    """For every split and every other one, which share of its records stands in the other."""
    told = []
    for one, name in enumerate(step.names):
        mine = found.labels == one
        count = int(mine.sum())
        for other, in_split in enumerate(step.names):
            if other == one or not count:
                continue
            stands = {
                name: (mask[mine] >> np.uint64(other) & np.uint64(1)).astype(bool)
                for name, mask in found.stands.items()
            }
            exact, near = stands["exact"], stands["near"]
            overlap = found.overlap[mine, other]
            long = found.has_grams[mine]
            high = long & (overlap >= step.check_overlap)
            told.append(
                {
                    "of": name,
                    "in": in_split,
                    "records": count,
                    "exact": float(exact.mean()),
                    "near": float((near | exact).mean()),
                    "overlapping": float(high.mean()),
                    "grams": float(overlap[long].mean()) if long.any() else 0.0,
                    "prompt": float(stands["prompt"].mean()),
                    "answer": float(stands["answer"].mean()),
                    "leak": float((exact | near | high).mean()),
                }
            )
    return told


def _worst(
    matched: Sequence[str], plan: Plan, parts: Sequence[PartRef], step: SplitStep, ledgers: Mapping[int, str]
) -> list[dict[str, Any]]:
    """The pairs most alike that stand in two splits, with the beginnings of their texts."""
    every = []
    for path in matched:
        with np.load(path) as file:
            every.append(file["pairs"])
    by_ordinal = {part.ordinal: part for part in parts}

    def side(node: float) -> dict[str, Any]:
        part, row = by_ordinal[int(node) >> 32], int(node) & 0xFFFFFFFF
        start = 0
        for chunk in range(part.chunks):
            batch = state_before(plan, len(plan.passes), ChunkStored(PartStores(part.place, part.part), chunk))
            if row < start + len(batch):
                one = batch.slice(row - start, 1)
                split = delivered(ledgers[part.ordinal])[row].as_py()
                text = (one.column("text")[0].as_py() or "")[:LONGEST]
                return {"rid": one.column("rid")[0].as_py(), "split": split, "text": text.replace("\x1e", " ")}
            start += len(batch)
        raise AssertionError("not reached")

    pairs = closest(np.concatenate(every))[:MOST_SHOWN]
    return [{"similarity": float(alike), "a": side(a), "b": side(b)} for alike, a, b in pairs]


def warnings(name: str, step: SplitStep, told: Mapping[str, Any]) -> list[str]:
    """What is to be said of a split at its end."""
    out = []
    total = sum(split["weight"] for split in told["splits"])
    for split in told["splits"]:
        if not split["records"]:
            out.append(f"{name}: the split {split['name']} is empty")
        elif split["wanted"] is not None and abs(split["share"] - split["wanted"]) > _OFF:
            out.append(f"{name}: {split['name']} has {split['share']:.1%} of the {step.measure}, asked is"
                       f" {split['wanted']:.1%}")  # fmt: skip
        if split["wanted"] is not None and told["largest_weight"] > max(split["wanted"] * total, 1):
            out.append(f"{name}: the largest group has {told['largest_group']:,} records, more than all that"
                       f" {split['name']} is to have; groups are never parted")  # fmt: skip
    stratify = told["settings"].get("stratify")
    if stratify and told["strata"] == 1 and told["records"]:
        out.append(f"{name}: all records are of one stratum of {', '.join(stratify)}")
    for field, absent in told["absent"].items():
        if absent and field != "text" and "groups" in step.model_fields_set:
            who = "no record has" if absent == told["records"] else f"{absent:,} of {told['records']:,} records have no"
            out.append(f"{name}: {who} {field} to group by; each of them is by itself")
    if told["in_gap"]:
        out.append(f"{name}: {told['in_gap']:,} records in the gap before a split are dropped")
    if told["undated"]:
        become = "are dropped" if told["undated_dropped"] else "go to train"
        out.append(f"{name}: {told['undated']:,} records have no time, and {become}")
    if told["spanning"]:
        out.append(f"{name}: {told['spanning']:,} groups span a border of time, and are in the later split")
    if told["joined_groups"]:
        out.append(f"{name}: {told['joined_groups']:,} groups join records of several earlier splits, and are in the"
                   " most held-out one")  # fmt: skip
    return out


def refusal(certificate: Mapping[str, Any], limit: float) -> str:
    """Why a split that leaks more than that is not delivered."""
    worst = max(certificate["pairs"], key=lambda pair: float(pair["leak"]))
    return (
        f"{certificate['step']}: {worst['leak']:.2%} of {worst['of']} stands in {worst['in']} too, more than"
        f" max_leakage ({limit:g}) allows"
    )
