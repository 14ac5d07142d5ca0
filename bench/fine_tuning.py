"""The whole way of fine-tuning data: read, check, redact, deduplicate, decontaminate, split, write, on two cores.

    python bench/fine_tuning.py INSTRUCTIONS... --pack benchmarks.pack [--made 100000 1000000] [--results FOLDER]

INSTRUCTIONS are files of instructions in any format that `conversations` reads; `docs/decontamination.md` says how a
pack is made. `--made` builds so many conversations besides, of two to ten turns with lengths as in real ones
(log-normal, in the middle 60 words a turn), to see whether memory stays bounded. Kernels are compiled beforehand.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from measuring import GRISTMILL, Row, machine, run

RECIPE = """name: bench
build: out
inputs:
  - conversations: {{paths: {paths}}}
steps:
  - normalise
  - conversation_rules: {{fix: true}}
  - redact_personal_data
  - redact_secrets
  - exact_duplicates
  - near_duplicates
{decontaminate}  - split
outputs:
  - parquet
  - trl
"""
WORDS_A_TURN, SPREAD = 60, 0.9
FILE_RECORDS = 25_000


def build(paths: Sequence[Path], pack: Path | None, folder: Path) -> Row:
    """The whole command, once its kernels are compiled."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    step = f"  - decontaminate: {{packs: ['{pack.resolve()}']}}\n" if pack else ""
    recipe = folder / "recipe.yaml"
    recipe.write_text(RECIPE.format(paths=json.dumps([str(path.resolve()) for path in paths]), decontaminate=step))
    done = run([str(GRISTMILL), "build", str(recipe), "--workers", "2"], cores=2)
    manifest = json.loads((folder / "out" / "manifest.json").read_text())
    counts, certificate = manifest["counts"], manifest["certificate"]
    return {
        "records": counts["read"],
        "kept": counts["kept"],
        "seconds": done.seconds,
        "cpu_seconds": done.cpu_seconds,
        "peak_mb": done.peak_mb,
        "leak": certificate["leakage"],
        "random_leak": certificate["random_leakage"],
    }


def make(folder: Path, count: int, seed: int = 1) -> list[Path]:
    """Conversations of words with the frequencies of a language (Zipf), a twentieth of them copies."""
    draw = random.Random(seed)
    syllables = [a + b for a in "bcdfghjklmnprstvz" for b in "aeiou"]
    vocabulary = ["".join(draw.choices(syllables, k=draw.randint(1, 4))) for _ in range(30_000)]
    weights = [0.0]
    for rank in range(1, len(vocabulary) + 1):
        weights.append(weights[-1] + 1 / rank)
    earlier: list[str] = []
    paths = []
    for start in range(0, count, FILE_RECORDS):
        path = folder / f"made-{start:08d}.jsonl"
        with path.open("w") as file:
            for _ in range(min(FILE_RECORDS, count - start)):
                if earlier and draw.random() < 0.05:
                    file.write(draw.choice(earlier))
                    continue
                messages = []
                for turn in range(2 * draw.randint(1, 5)):
                    length = max(2, round(draw.lognormvariate(0, SPREAD) * WORDS_A_TURN))
                    text = " ".join(draw.choices(vocabulary, cum_weights=weights[1:], k=length)).capitalize()
                    messages.append({"role": ("user", "assistant")[turn % 2], "content": text + "."})
                line = json.dumps({"messages": messages}) + "\n"
                file.write(line)
                if len(earlier) < 10_000:
                    earlier.append(line)
        paths.append(path)
    return paths


def show(name: str, row: Row) -> None:
    print(
        f"{name:28} {row['records']:>10,} {row['kept']:>10,} {row['seconds']:8.1f} {row['cpu_seconds']:8.1f}"
        f" {row['peak_mb']:8,.0f} {row['leak']:8.2%} {row['random_leak']:8.2%}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("instructions", type=Path, nargs="+")
    parser.add_argument("--pack", type=Path)
    parser.add_argument("--made", type=int, nargs="*", default=[])
    parser.add_argument("--results", type=Path)
    options = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="fine-tuning-") as place:
        folder = Path(place)
        build(options.instructions[:1], options.pack, folder / "warm")
        print(
            f"{'':28} {'records':>10} {'kept':>10} {'seconds':>8} {'cpu':>8} {'peak MB':>8} {'leak':>8} {'random':>8}"
        )
        rows.append({"input": "instructions"} | build(options.instructions, options.pack, folder / "real"))
        show("instructions", rows[-1])
        for count in options.made:
            made = folder / "made"
            made.mkdir()
            paths = make(made, count)
            size = sum(path.stat().st_size for path in paths) / 1e6
            rows.append({"input": f"made, {size:.0f} MB"} | build(paths, options.pack, folder / "of-made"))
            show(str(rows[-1]["input"]), rows[-1])
            shutil.rmtree(made)
            shutil.rmtree(folder / "of-made")
    if options.results:
        done = {"date": datetime.now(UTC).strftime("%Y-%m-%d"), "machine": machine(), "rows": rows}
        (options.results / "fine_tuning.json").write_text(json.dumps(done, indent=2) + "\n")


if __name__ == "__main__":
    main()
