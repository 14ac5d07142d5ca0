"""PDF files: text in reading order, by PDFium. One record a file or a page."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

import orjson
from pydantic import Field

from gristmill.collect._columns import MAX_RECORD_BYTES, as_time
from gristmill.collect._documents import Document, Unreadable
from gristmill.collect._files import opened
from gristmill.collect._files_reader import FilesReader
from gristmill.collect._pdf_file import Page, PdfFile, as_page, with_lines, with_text
from gristmill.collect._pdf_ocr import RAPIDOCR, lines_of_image, need_rapidocr
from gristmill.collect._pdf_pages import Pages
from gristmill.collect._pdf_prose import PageProse
from gristmill.collect._whole import whole
from gristmill.contracts.reader import Unit
from gristmill.errors import InputError, MissingExtra
from gristmill.records.chunk import Chunk, ChunkBuilder
from gristmill.records.prose import Form, Prose

_KEPT = {"Title": "title", "Subject": "subject", "Keywords": "keywords", "Creator": "creator", "Producer": "producer"}

_HELD = 8 << 20  # bytes of pages in memory; more go to disk

Ocr = Callable[[Any], str]


class Pdf(FilesReader):
    """PDF files. A record's position is 0 for a file, else the number of the page before it.

    Each file is a unit of its own: the function at ocr may end its process, and that costs its file alone.
    """

    version = 3
    suffixes = (".pdf",)

    form: Form = Field("text", description="Plain text, or Markdown with headings and code marked.")
    split: Literal["file", "page"] = Field("file", description="What one record is.")
    references: Literal["keep", "drop"] = Field("keep", description="Whether the list of references is kept.")
    ocr: str | None = Field(
        None,
        pattern=r"^(rapidocr|[A-Za-z_][\w.]*:[A-Za-z_]\w*)$",
        description="What reads pages without text: `rapidocr`, or a Python function, `module:function`, that takes a "
        "page as an image (height, width, channels) and gives its text.",
    )
    ocr_dpi: int = Field(200, ge=50, le=600, description="How finely a page is drawn for ocr.")
    max_pages: int = Field(5000, ge=1, description="A file with more pages is quarantined.")
    max_seconds: float = Field(
        600, ge=0.1, le=86_400, description="A file that takes PDFium more processor time than this is quarantined."
    )
    max_memory: int = Field(
        1024,
        ge=64,
        le=65_536,
        description="A file that takes PDFium more MB of memory than this, and twice its own size, is quarantined.",
    )
    max_record_bytes: int = Field(
        MAX_RECORD_BYTES, ge=1, le=1 << 31, description="A longer file is quarantined, not read into memory."
    )

    def libraries(self) -> tuple[str, ...]:
        return ("pypdfium2", *((RAPIDOCR, "onnxruntime") if self.ocr == RAPIDOCR else ()))

    def units(self, root: str) -> list[Unit]:
        _need_pdfium()
        self._check_ocr()
        return [Unit((member,)) for member in self.files_of(root)]

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        member = unit.members[0]
        builder = ChunkBuilder(member.source, skip=skip)
        with opened(member) as file:
            data = whole(file, self.max_record_bytes)
            for position, found in self.records(data):
                if builder.passes(0):
                    continue
                if builder.full:
                    yield builder.cut(0)
                if isinstance(found, str):
                    builder.problem(position, found)
                else:
                    metadata = orjson.dumps(found.facts, option=orjson.OPT_SORT_KEYS).decode()
                    builder.add(position, text=found.text, metadata=metadata, time=found.time)
        yield from builder.rest(member.size)

    def records(self, data: bytes | str) -> Iterator[tuple[int, Document | str]]:
        """Positions and records of a file, or sentences why they cannot be read; data as text is such a sentence."""
        if isinstance(data, str):
            yield 0, data
        elif data and b"%PDF-" not in data[:1024]:
            yield 0, "the file is no PDF: it does not begin with %PDF-"
        elif data:
            try:
                file = PdfFile(data, seconds=self.max_seconds, megabytes=self.max_memory)
            except Unreadable as error:
                yield 0, str(error)
                return
            try:
                yield from self._document(file)
            except Unreadable as error:
                yield 0, str(error)
            finally:
                file.close()

    def _document(self, file: PdfFile) -> Iterator[tuple[int, Document | str]]:
        if not 0 < file.pages <= self.max_pages:
            raise Unreadable(f"the file has {file.pages} pages; from 1 to max_pages ({self.max_pages}) are read")
        with tempfile.SpooledTemporaryFile(max_size=_HELD) as kept:
            # Which lines are furniture, and which size is that of the text, only the whole file tells.
            pages = Pages(kept, self.max_record_bytes)
            for number in range(file.pages):
                answer = file.page(number)
                if self.ocr and as_page(answer).chars == 0:
                    answer = self._read_image(file, number, answer)
                pages.add(answer)
            whole_file = _Record(self, pages, file)
            if self.split == "file":
                for page, furniture in pages:
                    whole_file.add(page, furniture)
                yield 0, whole_file.record()
                return
            for number, (page, furniture) in enumerate(pages):
                one = _Record(self, pages, file)
                one.add(page, furniture)
                yield number, one.record(page=number + 1)

    def _read_image(self, file: PdfFile, number: int, answer: bytes) -> bytes:
        """The page with what OCR reads on it; as it was where that is nothing."""
        image = file.image(number, self.ocr_dpi)
        if self.ocr == RAPIDOCR:
            return with_lines(answer, lines_of_image(image, as_page(answer).height))
        return with_text(answer, self._function()(image))

    def _check_ocr(self) -> None:
        if self.ocr == RAPIDOCR:
            need_rapidocr()
        elif self.ocr is not None:
            self._function()

    def _function(self) -> Ocr:
        module, _, function = str(self.ocr).partition(":")
        try:
            found: Ocr = getattr(import_module(module), function)
        except (ImportError, AttributeError) as error:
            raise InputError(str(self.ocr), f"the function at ocr cannot be imported ({error})") from error
        return found


class _Record:
    """A record in the making: pages come one by one."""

    def __init__(self, reader: Pdf, pages: Pages, file: PdfFile) -> None:
        self._prose = Prose(reader.form)
        self._writer = PageProse(self._prose, pages.faces, references=reader.references == "keep")
        self._facts, self._time = _facts(file.told)
        self._facts["pages"] = file.pages
        self._count = Counter[str]()

    def add(self, page: Page, furniture: int) -> None:
        if page.read is None:
            self._writer.page(page.lines)
        else:
            self._writer.end()
            for block in page.read.split("\n\n"):
                self._prose.paragraph(block)
        self._count["chars"] += page.chars
        self._count["unmapped"] += page.unmapped
        self._count["running_lines"] += furniture
        self._count["line_numbers"] += page.numbers
        self._count["words_askew"] += page.askew
        self._count["unmapped_pages"] += 2 * page.unmapped > page.chars
        self._count["pages_broken"] += page.broken
        self._count["pages_by_ocr"] += page.by_ocr
        self._count["pages_without_text"] += not (page.by_ocr or page.chars)

    def record(self, **facts: int) -> Document | str:
        self._writer.end()
        text = self._prose.text()
        chars = self._count.pop("chars")
        unmapped = self._count.pop("unmapped")
        if not text and chars:
            return "all its text is running heads, page numbers or references that are dropped"
        if not text and self._count["pages_broken"]:
            return f"{self._count['pages_broken']} of its pages are broken, the others have no text"
        if not text:
            return "there is no text layer (a scan?); set ocr: rapidocr to read it"
        share = round(unmapped / max(chars, 1), 4)
        return Document(text, self._facts | facts | dict(self._count) | {"unmapped_share": share}, time=self._time)


def _need_pdfium() -> None:
    if find_spec("pypdfium2") is None:
        raise MissingExtra("the input pdf", "pypdfium2", "pdf")


def _facts(told: dict[str, str]) -> tuple[dict[str, Any], datetime | None]:
    facts: dict[str, Any] = {name: told[key] for key, name in _KEPT.items() if told.get(key)}
    if told.get("Author"):
        authors = told["Author"].replace(" and ", ";").split(";")
        facts["authors"] = [author.strip() for author in authors if author.strip()]
    time = _time(told.get("CreationDate", ""))
    if time is not None:
        facts["date"] = time.date().isoformat()
    return facts, time


def _time(value: str) -> datetime | None:
    """`D:20240506070809+02'00'`; without a zone it is UTC."""
    digits = value.removeprefix("D:")
    zone = digits[14:].replace("'", "")
    digits = digits[:14]
    if not (digits.isascii() and digits.isdigit() and len(digits) >= 8):
        return None
    return as_time(f"{digits[:8]}T{digits[8:].ljust(6, '0')}{f'{zone[:3]}:{zone[3:5]}' if len(zone) == 5 else ''}")
