"""Prints what a peer did as one line of JSON: its own seconds, imports left out, and how many records stayed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable


def measured(work: Callable[[], int]) -> None:
    begin, cpu = time.perf_counter(), time.process_time()
    kept = work()
    spent = {"seconds": time.perf_counter() - begin, "own_cpu_seconds": time.process_time() - cpu}
    print(json.dumps({**spent, "kept": kept}))
