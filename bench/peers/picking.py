"""Pages by index as cdx_toolkit fetches them, from archives on this machine: for each line its range, read by warcio.

python picking.py INDEX HOST ...
"""

from __future__ import annotations

import io
import json
import sys
import time
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator


def main(index: str, hosts: list[str]) -> None:
    folder = Path(index).parent
    keys = tuple(f"{','.join(reversed(host.split('.')))}{end}" for host in hosts for end in "),:")
    begun = time.process_time()
    records = payload = 0
    with Path(index).open() as lines:
        for line in lines:
            key, _, rest = line.partition(" ")
            if not key.startswith(keys):
                continue
            row = json.loads(rest.partition(" ")[2])
            with (folder / row["filename"]).open("rb") as file:
                file.seek(int(row["offset"]))
                record = next(iter(ArchiveIterator(io.BytesIO(file.read(int(row["length"]))))))
                payload += len(record.content_stream().read())
            records += 1
    print(json.dumps({"records": records, "MB": payload / 1e6, "seconds": time.process_time() - begun}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
