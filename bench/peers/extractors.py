"""The text of each page by an extractor, and the processor's seconds, for bench/extracting.py.

    python bench/peers/extractors.py trafilatura PAGES.json OUT.json

PAGES.json is a list of files. Pages are read and decoded before the clock starts.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path


def trafilatura() -> Callable[[str], str]:
    from trafilatura import extract

    return lambda page: extract(page) or ""


def resiliparse() -> Callable[[str], str]:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda page: extract_plain_text(page, main_content=True)


def decoded(file: Path) -> str:
    data = file.read_bytes()
    return (gzip.decompress(data) if file.suffix == ".gz" else data).decode("utf-8", "replace")


def main() -> None:
    name, pages, out = sys.argv[1:]
    extract = {"trafilatura": trafilatura, "resiliparse": resiliparse}[name]()
    files = [Path(one) for one in json.loads(Path(pages).read_text())]
    texts = [decoded(one) for one in files]
    extract(texts[0])
    found, spent = [], []
    for text in texts:
        begun = time.process_time()
        found.append(extract(text))
        spent.append(time.process_time() - begun)
    Path(out).write_text(json.dumps({"texts": found, "seconds": spent}))


if __name__ == "__main__":
    main()
