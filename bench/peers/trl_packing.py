"""TRL's best-fit decreasing on one column of tokens: trl_packing.py LENGTHS ROW_LENGTH."""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import pyarrow as pa
from trl.data_utils import _pack_bfd


def main() -> None:
    lengths = np.load(sys.argv[1])
    row_length = int(sys.argv[2])
    ends = np.concatenate([[0], np.cumsum(lengths)])
    tokens = pa.array(np.arange(ends[-1], dtype=np.int32))
    table = pa.table({"input_ids": pa.LargeListArray.from_arrays(ends, tokens)})
    begin = time.process_time()
    packed = _pack_bfd(table, row_length, "truncate")
    seconds = time.process_time() - begin
    rows = len(packed["input_ids"])
    print(json.dumps({"seconds": seconds, "rows": rows, "efficiency": float(ends[-1] / rows / row_length)}))


if __name__ == "__main__":
    main()
