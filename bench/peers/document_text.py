"""The text of a document by a peer, the way its own documentation shows: document_text.py PEER FILE.

Prints JSON: processor seconds of the best of three, imports left out, and the text. Pandoc's are those of its process.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path


def ebooklib(path: str) -> str:
    import ebooklib
    from bs4 import BeautifulSoup
    from ebooklib import epub

    book = epub.read_epub(path)
    pages = [book.get_item_with_id(name) for name, _ in book.spine]
    kept = [page for page in pages if page is not None and page.get_type() == ebooklib.ITEM_DOCUMENT]
    return "\n\n".join(BeautifulSoup(page.get_body_content(), "html.parser").get_text("\n") for page in kept)


def python_docx(path: str) -> str:
    import docx

    return "\n\n".join(paragraph.text for paragraph in docx.Document(path).paragraphs)


def mammoth(path: str) -> str:
    import mammoth

    with Path(path).open("rb") as file:
        return str(mammoth.extract_raw_text(file).value)


def striprtf(path: str) -> str:
    from striprtf.striprtf import rtf_to_text

    return str(rtf_to_text(Path(path).read_text(encoding="latin-1")))


def lxml(path: str) -> str:
    from lxml import etree

    return "".join(etree.parse(path).getroot().itertext())


def pandoc(path: str) -> str:
    import pypandoc

    kinds = {".nxml": "jats", ".tei": "tei", ".xml": "jats"}
    return str(pypandoc.convert_file(path, "plain", format=kinds.get(Path(path).suffix), extra_args=["--wrap=none"]))


PEERS: dict[str, Callable[[str], str]] = {
    "EbookLib": ebooklib,
    "python-docx": python_docx,
    "mammoth": mammoth,
    "striprtf": striprtf,
    "lxml": lxml,
    "pandoc": pandoc,
}


def spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    name, path = sys.argv[1:]
    times, text = [], ""
    for _ in range(4):
        begun = spent()
        text = PEERS[name](path)
        times.append(spent() - begun)
    print(json.dumps({"seconds": min(times[1:]), "text": text}))
