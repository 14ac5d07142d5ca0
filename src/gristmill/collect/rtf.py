"""Rich Text Format: headings, lists, tables and footnotes of files in any of its code pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from gristmill.collect._documents import Document, DocumentReader, Unreadable
from gristmill.collect._flow import Flow
from gristmill.collect._rtf_text import RtfText
from gristmill.collect._whole import whole


class Rtf(DocumentReader):
    """RTF files, one record each. Pictures, headers, footers, comments, hidden and deleted text are left out."""

    suffixes = (".rtf",)

    def documents(self, file: BinaryIO) -> Iterator[Document | str]:
        data = whole(file, self.max_record_bytes)
        if isinstance(data, str):
            raise Unreadable(data)
        if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
            raise Unreadable("the file is no RTF: it does not begin with {\\rtf")
        flow = Flow(self.form, notes=self.notes)
        text = RtfText(flow)
        text.read(data)
        facts: dict[str, object] = dict(text.facts)
        author = facts.pop("author", None)
        yield Document(flow.finished(), facts | {"authors": [author] if author else []})
