"""PDF files: text in reading order, by PDFium. One record a file or a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module
from typing import Any, Literal

import orjson
from pydantic import Field

from gristmill.collect._columns import MAX_RECORD_BYTES, as_time
from gristmill.collect._files import opened
from gristmill.collect._files_reader import FilesReader
from gristmill.collect._pdf_lines import Line, page_lines
from gristmill.collect._pdf_prose import PageProse, without_furniture
from gristmill.collect._pdf_words import PageWords, page_words
from gristmill.collect._whole import whole
from gristmill.contracts.reader import Unit
from gristmill.errors import InputError, MissingExtra
from gristmill.records.chunk import Chunk, ChunkBuilder
from gristmill.records.prose import Form, Prose

_MOST_PIXELS = 25_000_000
_KEPT = {"Title": "title", "Subject": "subject", "Keywords": "keywords", "Creator": "creator", "Producer": "producer"}

Ocr = Callable[[Any], str]


class Pdf(FilesReader):
    """PDF files. A record's position is 0 for a file, else the number of the page before it.

    Each file is a unit of its own: PDFium is native code, and a file that ends its process costs that file alone.
    """

    suffixes = (".pdf",)

    form: Form = Field("text", description="Plain text, or Markdown with headings marked.")
    split: Literal["file", "page"] = Field("file", description="What one record is.")
    references: Literal["keep", "drop"] = Field("keep", description="Whether the list of references is kept.")
    ocr: str | None = Field(
        None,
        pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$",
        description="A Python function, `module:function`, that takes a page without text as an image (height, width, "
        "channels) and gives its text.",
    )
    ocr_dpi: int = Field(200, ge=50, le=600, description="How finely a page is drawn for ocr.")
    max_pages: int = Field(5000, ge=1, description="A file with more pages is quarantined.")
    max_record_bytes: int = Field(
        MAX_RECORD_BYTES, ge=1, le=1 << 31, description="A longer file is quarantined, not read into memory."
    )

    def libraries(self) -> tuple[str, ...]:
        return ("pypdfium2",)

    def units(self, root: str) -> list[Unit]:
        _pdfium()
        self._ocr()
        return [Unit((member,)) for member in self.files_of(root)]

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        member = unit.members[0]
        builder = ChunkBuilder(member.source, skip=skip)
        with opened(member) as file:
            data = whole(file, self.max_record_bytes)
            for position, found, facts, time in self._records(data):
                if builder.passes(0):
                    continue
                if builder.full:
                    yield builder.cut(0)
                if facts is None:
                    builder.problem(position, found)
                else:
                    metadata = orjson.dumps(facts, option=orjson.OPT_SORT_KEYS).decode()
                    builder.add(position, text=found, metadata=metadata, time=time)
        yield from builder.rest(member.size)

    def _records(self, data: bytes | str) -> Iterator[tuple[int, str, dict[str, Any] | None, datetime | None]]:
        """Position, text, facts and time; without facts the text is the sentence of a problem."""
        if isinstance(data, str):
            yield 0, data, None, None
            return
        if not data:
            return
        if b"%PDF-" not in data[:1024]:
            yield 0, "the file is no PDF: it does not begin with %PDF-", None, None
            return
        pdfium, raw = _pdfium()
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            yield 0, _why_not(str(error)), None, None
            return
        try:
            yield from self._document(document, raw)
        finally:
            document.close()

    def _document(self, document: Any, raw: Any) -> Iterator[tuple[int, str, dict[str, Any] | None, datetime | None]]:
        count = len(document)
        if not 0 < count <= self.max_pages:
            yield 0, f"the file has {count} pages; from 1 to max_pages ({self.max_pages}) are read", None, None
            return
        facts, time = _facts(document)
        if document.get_formtype():
            document.init_forms()
        words: list[PageWords | str] = [self._page(document, raw, number) for number in range(count)]
        pages = [page_lines(page.words) if isinstance(page, PageWords) else [] for page in words]
        heights = [page.height if isinstance(page, PageWords) else 0.0 for page in words]
        kept, removed = without_furniture(pages, heights)
        facts |= {"pages": count, "running_lines": removed}
        if self.split == "page":
            for number, page in enumerate(kept):
                yield self._record(number, words[number : number + 1], [page], {**facts, "page": number + 1}, time)
        else:
            yield self._record(0, words, kept, facts, time)

    def _record(
        self, position: int, words: list[PageWords | str], pages: list[list[Line]], facts: dict[str, Any],
        time: datetime | None,
    ) -> tuple[int, str, dict[str, Any] | None, datetime | None]:  # fmt: skip
        prose = Prose(self.form)
        writer = PageProse(prose, pages, references=self.references == "keep")
        read = [page for page in words if isinstance(page, PageWords)]
        for page, lines in zip(words, pages, strict=True):
            if isinstance(page, str):
                writer.end()
                prose.paragraph(page)
            else:
                writer.page(lines)
        writer.end()
        chars = sum(page.chars for page in read)
        text = prose.text()
        if not text:
            if chars:
                return (
                    position,
                    "all its text is running heads, page numbers or references that are dropped",
                    None,
                    time,
                )
            return position, "there is no text layer (a scan?); name an OCR function at ocr to read it", None, time
        facts["pages_without_text"] = sum(not page.chars for page in read)
        facts["pages_by_ocr"] = len(words) - len(read)
        facts["unmapped_share"] = round(sum(page.unmapped for page in read) / max(chars, 1), 4)
        facts["words_askew"] = sum(page.askew for page in read)
        facts["unmapped_pages"] = sum(2 * page.unmapped > page.chars for page in read)
        return position, text, facts, time

    def _page(self, document: Any, raw: Any, number: int) -> PageWords | str:
        """The words of a page; what OCR reads where it has none; no words where the page is broken."""
        try:
            page = document[number]
        except import_module("pypdfium2").PdfiumError:
            return PageWords([], 0, 0, 0, 0.0)
        try:
            if document.formenv:
                raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY)
                page.close()
                page = document[number]
            found = page_words(raw, page)
            read = self._ocr()
            if found.chars or read is None:
                return found
            width, height = page.get_size()
            scale = min(self.ocr_dpi / 72, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
            text = read(page.render(scale=scale).to_numpy())
            return text if text.strip() else found
        finally:
            page.close()

    def _ocr(self) -> Ocr | None:
        if self.ocr is None:
            return None
        module, _, function = self.ocr.partition(":")
        try:
            found: Ocr = getattr(import_module(module), function)
        except (ImportError, AttributeError) as error:
            raise InputError(self.ocr, f"the function at ocr cannot be imported ({error})") from error
        return found


def _pdfium() -> tuple[Any, Any]:
    try:
        return import_module("pypdfium2"), import_module("pypdfium2.raw")
    except ImportError as error:
        raise MissingExtra("the input pdf", "pypdfium2", "pdf") from error


def _why_not(error: str) -> str:
    if "password" in error.lower():
        return "the file is encrypted and does not open without a password"
    return "the file is broken or cut short: PDFium cannot open it"


def _facts(document: Any) -> tuple[dict[str, Any], datetime | None]:
    told = {key: value.replace("\0", "").strip() for key, value in document.get_metadata_dict().items()}
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
