"""Text of PDF files: our reader beside PDFium's own text, in CPU time; and how alike their words are in order.

    PYTHONPATH=src python bench/papers.py FILE.pdf ...

Other extractors (pypdf, pdfminer.six) take part where they are installed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from difflib import SequenceMatcher
from importlib import import_module
from pathlib import Path

from gristmill.collect._pdf_file import end_idle
from gristmill.collect.pdf import Pdf

WORDS = 4000


def ours(path: str) -> str:
    reader = Pdf(paths=(path,))
    chunks = [chunk for unit in reader.units("/") for chunk in reader.read(unit)]
    return "\n".join(text for chunk in chunks for text in chunk.batch.column("text").to_pylist())


def pdfium(path: str) -> str:
    document = import_module("pypdfium2").PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def pypdf(path: str) -> str:
    return "\n".join(page.extract_text() for page in import_module("pypdf").PdfReader(path).pages)


def pdfminer(path: str) -> str:
    return str(import_module("pdfminer.high_level").extract_text(path))


def timed(read: Callable[[str], str], path: str) -> tuple[str, float]:
    """The text, and the processor time of this process and those that it started and has ended."""
    began = _spent()
    text = read(path)
    end_idle()
    return text, _spent() - began


def _spent() -> float:
    return sum(os.times()[:4])


def main() -> None:
    for path in sys.argv[1:]:
        pages = len(import_module("pypdfium2").PdfDocument(path))
        text, seconds = timed(ours, path)
        print(f"{Path(path).name}: {pages} pages; ours {1000 * seconds / pages:.1f} ms a page")
        for peer in (pdfium, pypdf, pdfminer):
            try:
                theirs, took = timed(peer, path)
            except ImportError:
                continue
            first = theirs.split()[:WORDS]
            alike = SequenceMatcher(None, text.split()[:WORDS], first, autojunk=False).ratio()
            each = 1000 * took / pages
            print(f"  {peer.__name__}: {each:.1f} ms a page ({took / seconds:.2f}x), words alike {alike:.3f}")


if __name__ == "__main__":
    main()
