"""A suffix array of the texts of a file, as exact-substring deduplication builds one first: FILE BYTES."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from pydivsufsort import divsufsort

texts = []
size = 0
with Path(sys.argv[1]).open("rb") as lines:
    for line in lines:
        texts.append(json.loads(line)["text"].encode())
        size += len(texts[-1])
        if size >= int(sys.argv[2]):
            break
data = b"\0".join(texts)
begin = time.perf_counter()
divsufsort(data)
print(json.dumps({"seconds": time.perf_counter() - begin, "text_mb": len(data) / 1e6}))
