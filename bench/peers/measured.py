"""Prints what a peer did as one line of JSON: its own seconds (imports left out) and how many records stayed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable


def measured(work: Callable[[], int]) -> None:
    begin = time.perf_counter()
    kept = work()
    print(json.dumps({"seconds": time.perf_counter() - begin, "kept": kept}))
