"""How many licence files are known for what they are: those of installed packages, against what their metadata say.

    python bench/licenses.py [SITE_PACKAGES ...]

Of each distribution the files under `*.dist-info` that are named for a licence are taken; what is stated is its
`License-Expression`, or else its `License` and classifiers, as identifiers. A file is right where its licence is one
that is stated (`-only` and `-or-later` have one text), unknown where none was found above `SURE`, else other: the
licence of something bundled, or an error, which has to be looked at; each is printed. Distributions that state no known
licence are left out.
"""

from __future__ import annotations

import sys
import sysconfig
import time
from importlib.metadata import PathDistribution
from pathlib import Path

import pyarrow as pa

from gristmill.contracts.view import View
from gristmill.protect.license import License
from gristmill.records.licenses.names import named

NAMES = ("LICEN", "COPYING", "UNLICEN")
FAMILIES = {"BSD License": ("BSD-2-Clause", "BSD-3-Clause"), "BSD": ("BSD-2-Clause", "BSD-3-Clause")}
SURE = 0.8


def stated(distribution: PathDistribution) -> set[str]:
    """The identifiers that the metadata of a distribution name."""
    given = distribution.metadata
    values = [given.get("License-Expression")]
    if values == [None]:
        classifiers = [one.rpartition(" :: ")[2] for one in given.get_all("Classifier") or () if "License ::" in one]
        values = [(given.get("License") or "").split("\n")[0], *classifiers]
    found: set[str] = set()
    for value in filter(None, values):
        found |= set(FAMILIES.get(value, ()))
        found |= set((named(value) or "").replace("(", " ").replace(")", " ").split()) - {"AND", "OR", "WITH"}
    return found


def bare(license: str) -> str:
    """Without what the text of a licence does not tell."""
    return license.removesuffix("-only").removesuffix("-or-later")


def main(folders: list[Path]) -> None:
    files: list[tuple[str, Path, set[str]]] = []
    for folder in folders:
        for info in sorted(folder.glob("*.dist-info")):
            said = stated(PathDistribution(info))
            if said:
                listed = (path for path in sorted(info.rglob("*")) if path.name.upper().startswith(NAMES))
                files += [(info.name.split("-")[0], path, said) for path in listed if path.is_file()]
    texts = [path.read_text("utf-8", "replace") for _, path, _ in files]
    batch = pa.record_batch(
        {
            "source": pa.array([str(path) for _, path, _ in files]),
            "text": pa.array(texts, pa.large_string()),
        }
    )
    step = License()
    step.measure(View(batch.slice(0, 1)))  # kernels and table are loaded
    began = time.perf_counter()
    found = step.measure(View(batch))
    seconds = time.perf_counter() - began
    counts = {"right": 0, "unknown": 0, "other": 0}
    main_right = main_files = 0
    for (name, path, said), license, sure in zip(
        files, *(found[key].to_pylist() for key in ("license", "confidence")), strict=True
    ):
        what = "unknown" if license is None or sure < SURE else "other"
        if what == "other" and bare(license) in {bare(one) for one in said}:
            what = "right"
        counts[what] += 1
        own = any(folder.name.endswith(".dist-info") for folder in (path.parent, path.parent.parent))
        main_files += own
        main_right += own and what == "right"
        if what != "right":
            print(f"{what:8} {name:28} {path.name:22} {license or '-':26} {sure or 0:.2f}  {' '.join(sorted(said))}")
    total = len(files)
    print(f"{total} files: " + ", ".join(f"{count} {what} ({count / total:.1%})" for what, count in counts.items()))
    print(f"{main_right} of {main_files} right of those that lie in no folder of their own, as what is bundled does")
    print(f"{seconds:.2f} s, {1000 * seconds / total:.1f} ms a file")


if __name__ == "__main__":
    main([Path(one) for one in sys.argv[1:]] or [Path(sysconfig.get_paths()["purelib"])])
