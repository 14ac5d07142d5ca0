"""One step over texts in memory: decontaminating.py PACK VARIANT INPUT prints its seconds and how many texts stay."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.decontaminate.decontaminate import Decontaminate

BATCH = 1024


def main(pack: Path, variant: str, source: Path) -> None:
    texts = [json.loads(line)["text"] for line in source.read_text().splitlines()]
    cuts = range(0, len(texts), BATCH)
    batches = [pa.record_batch({"text": pa.array(texts[at : at + BATCH], pa.large_string())}) for at in cuts]
    settings = {"packs": [pack.name], "variant": variant, "action": "drop"}
    step = Decontaminate.model_validate(settings).at(pack.parent)
    step.measure(View(batches[0]))  # loads the pack and the kernels
    began, cpu = time.perf_counter(), time.process_time()
    kept = 0
    for batch in batches:
        kept += int((~np.any(broken(step.rules(), step.measure(View(batch))), axis=0)).sum())
    spent = {"seconds": time.perf_counter() - began, "own_cpu_seconds": time.process_time() - cpu}
    print(json.dumps({**spent, "kept": kept}))


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), sys.argv[2], Path(sys.argv[3]))
