"""PDFium in a process of its own: what a file makes it do costs bounded memory and time, and no other process.

A few kilobytes of PDF can ask for any amount of memory (a form that shows another ten times, which shows another ...),
and PDFium is native code. So the process that opens files allows itself as much memory and processor time for each as
it is told; beyond either the kernel ends it. What it says is JSON and raw pixels, which cannot run anything.
"""

from __future__ import annotations

import os
import resource
import signal
from importlib import import_module
from typing import Any, BinaryIO

import orjson

from gristmill.collect._pdf_lines import as_row, page_lines
from gristmill.collect._pdf_margins import without_line_numbers
from gristmill.collect._pdf_words import MAX_CHARS, PageWords, TooMuchText, page_words

_MOST_PIXELS = 25_000_000


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests, a line of JSON each, until there are none.

    - `{"open": bytes, "seconds": s, "memory": bytes}`, then the bytes of the file: `{"pages": n, "told": metadata}`,
      or `{"error": e}`;
    - `{"page": n}`: `{"lines": rows, "chars": n, ...}`, a page of `_pdf_file`, or `{"error": e}`;
    - `{"image": n, "dpi": d}`: `{"shape": [height, width, channels]}`, then the pixels.
    """
    opened: _Opened | None = None
    while line := requests.readline():
        request: dict[str, Any] = orjson.loads(line)
        pixels = b""
        if "open" in request:
            if opened is not None:
                opened.close()
            _bound(request["memory"], request["seconds"])
            opened = _Opened(requests.read(request["open"]))
            answer = opened.answer
        elif opened is None:
            answer = {"error": "no file is open"}
        elif "page" in request:
            answer = opened.page(request["page"])
        else:
            answer, pixels = opened.image(request["image"], request["dpi"])
        answers.write(orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE))
        answers.write(pixels)
        answers.flush()


def _bound(memory: int, seconds: float) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (memory, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    signal.setitimer(signal.ITIMER_PROF, seconds)


class _Opened:
    """A file that is open, or the error that says why not."""

    def __init__(self, data: bytes) -> None:
        self._pdfium, self._raw = import_module("pypdfium2"), import_module("pypdfium2.raw")
        self._document: Any = None
        self.answer: dict[str, Any]
        try:
            self._document = self._pdfium.PdfDocument(data)
            self.answer = {"pages": len(self._document), "told": _told(self._document)}
            if self._document.get_formtype():
                self._document.init_forms()
        except self._pdfium.PdfiumError as error:
            self.answer = {"error": str(error)}

    def close(self) -> None:
        if self._document is not None:
            self._document.close()

    def page(self, number: int) -> dict[str, Any]:
        """The lines of a page in reading order; none where the page is broken."""
        page = self._loaded(number)
        try:
            found = PageWords([], 0, 0, 0, 0.0) if page is None else page_words(self._raw, page)
        except TooMuchText:
            return {"error": f"page {number + 1} has more than {MAX_CHARS} characters"}
        finally:
            if page is not None:
                page.close()
        words, numbers = without_line_numbers(found.words)
        return {
            "lines": [as_row(line) for line in page_lines(words)],
            "numbers": numbers,
            "chars": found.chars,
            "unmapped": found.unmapped,
            "askew": found.askew,
            "height": found.height,
            "broken": page is None,
        }

    def image(self, number: int, dpi: int) -> tuple[dict[str, Any], bytes]:
        """A page as pixels."""
        page = self._loaded(number)
        if page is None:
            return {"shape": [0, 0, 3]}, b""
        width, height = page.get_size()
        scale = min(dpi / 72, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
        pixels = page.render(scale=scale).to_numpy()
        page.close()
        return {"shape": list(pixels.shape)}, pixels.tobytes()

    def _loaded(self, number: int) -> Any:
        try:
            page = self._document[number]
            if self._document.formenv:
                self._raw.FPDFPage_Flatten(page.raw, self._raw.FLAT_NORMALDISPLAY)
                page.close()
                page = self._document[number]
        except self._pdfium.PdfiumError:
            return None
        return page


def _told(document: Any) -> dict[str, str]:
    """What the file says of itself; half of a surrogate pair is no character."""
    told = document.get_metadata_dict().items()
    halves = {key: value.encode("utf-16-le", "surrogatepass") for key, value in told}
    return {key: value.decode("utf-16-le", "replace").replace("\0", "").strip() for key, value in halves.items()}


def main() -> None:
    """Serve on standard input and output; whatever native code prints goes nowhere."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked for the work decides; it closes our input
    try:
        serve(requests, answers)
    except MemoryError:
        os.abort()  # as PDFium does


if __name__ == "__main__":
    main()
