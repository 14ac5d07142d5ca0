"""Archives with an index in blocks, as Common Crawl keeps them, and any part of it on a server of this machine."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

from collecting import gzipped, page, warc_record
from gristmill.collect._cdx import Entry
from gristmill.collect._cdx_making import entries
from gristmill.collect._files import members

CRAWL = "CC-MAIN-2025-05"


def archive(path: Path, urls: Sequence[str], *headers: str) -> list[Entry]:
    """An archive of a page for each url; gives its entries."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pages = [page(f"What {url} says.", *headers, url=url) for url in urls]
    path.write_bytes(gzipped(warc_record(b"software: x", kind="warcinfo"), *pages))
    (member,) = members((path.name,), str(path.parent), ())
    return list(entries(member, path.name))


def in_blocks(folder: Path, found: Sequence[Entry], lines: int, files: int = 2) -> None:
    """A ZipNum index of some entries: blocks of so many lines each, in so many files, and cluster.idx."""
    folder.mkdir(parents=True, exist_ok=True)
    every = sorted(entry.line for entry in found)
    blocks = [every[at : at + lines] for at in range(0, len(every), lines)]
    per_file = -(-len(blocks) // files)
    listed = []
    for number in range(files):
        data = b""
        for block in blocks[number * per_file : (number + 1) * per_file]:
            member = gzip.compress(b"".join(block), mtime=0)
            key = b" ".join(block[0].split(b" ", 2)[:2]).decode()
            listed.append(f"{key}\tcdx-{number:05}.gz\t{len(data)}\t{len(member)}\t{len(listed) + 1}\n")
            data += member
        (folder / f"cdx-{number:05}.gz").write_bytes(data)
    (folder / "cluster.idx").write_text("".join(listed))


def common_crawl(root: Path, urls: Sequence[str]) -> None:
    """A crawl of Common Crawl in small: two archives of pages, two of texts, their lists, and the index in blocks."""
    found: list[Entry] = []
    names = [f"crawl-data/{CRAWL}/segments/1/warc/{number}.warc.gz" for number in range(2)]
    texts = [name.replace("/warc/", "/wet/").replace(".warc.gz", ".warc.wet.gz") for name in names]
    for number, (name, text) in enumerate(zip(names, texts, strict=True)):
        own = urls[number::2]
        found += [one._replace(filename=name, languages="eng") for one in archive(root / name, own)]
        (root / text).parent.mkdir(exist_ok=True)
        told = [warc_record(b"Text.", kind="conversion", url=url, content_type="text/plain") for url in own]
        (root / text).write_bytes(gzipped(*told))
    for kind, listed in (("warc", names), ("wet", texts)):
        (root / f"crawl-data/{CRAWL}/{kind}.paths.gz").write_bytes(gzip.compress("\n".join(listed).encode()))
    in_blocks(root / f"cc-index/collections/{CRAWL}/indexes", found, lines=10)
