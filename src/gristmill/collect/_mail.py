"""From the bytes of a mail to a record: what mailboxes and files of single mails share."""

from __future__ import annotations

from datetime import datetime
from email.utils import getaddresses
from typing import Literal, NamedTuple

import orjson
import xxhash
from pydantic import Field

from gristmill.collect._columns import MAX_RECORD_BYTES
from gristmill.collect._files_reader import FilesReader
from gristmill.collect._html_prose import html_text
from gristmill.collect._mail_headers import Headers, first, ids, time, words
from gristmill.collect._mail_text import is_html_quote, looks_like_html, parted, unflowed, without_uuencoded
from gristmill.collect._mime import Attachment, Bad, Text, texts
from gristmill.records.chunk import ChunkBuilder
from gristmill.records.prose import Form

_MAX_NAMED = 100
_PEOPLE = ("from", "to", "cc", "reply-to")

Keep = Literal["keep", "drop"]


class Mail(NamedTuple):
    """A mail as a record."""

    text: str
    time: datetime | None
    metadata: str


class Nothing(NamedTuple):
    """A mail with nothing to read in it, and what it is by name."""

    what: str


class MailReader(FilesReader):
    """Mails, one record each. The text is what people read; attachments are named and counted, not decoded."""

    version = 3

    quotes: Keep = Field("keep", description="Quoted text of other mails, and the lines that announce it.")
    signatures: Keep = Field("keep", description="Signatures, and the footers of mailing lists.")
    people: Literal["drop", "names", "addresses"] = Field(
        "drop",
        description="Who wrote to whom, in the metadata: personal data. With addresses also the ids of messages.",
    )
    form: Form = Field("text", description="How mails in HTML are written out: as plain text or as Markdown.")
    max_record_bytes: int = Field(
        MAX_RECORD_BYTES, ge=1, le=1 << 31, description="A longer mail is quarantined, not read into memory."
    )

    def libraries(self) -> tuple[str, ...]:
        return ("chardet",)

    def found(self, data: bytes) -> Mail | Nothing | str:
        """The record, or a sentence why the mail cannot be read."""
        try:
            headers, found, content = texts(data)
        except Bad as error:
            return str(error)
        if not headers:
            return "the mail has no header"
        written = [self._written(text) for text in found]
        body = "\n\n".join(one.text for one in written if one.text.strip())
        attachments = [*content.attachments, *(file for one in written for file in one.files)]
        if not body:
            return _nothing(found, attachments, content.encrypted or any(one.encrypted for one in written))
        facts = self._facts(headers)
        facts |= {
            "quoted_lines": sum(one.quoted for one in written),
            "signature_lines": sum(one.signature for one in written),
            "attachments": [{"name": file.name, "type": file.type} for file in attachments[:_MAX_NAMED]],
            "attachment_count": len(attachments),
            "html": any(text.html for text in found),
        }
        for text in found:
            facts |= text.decoded.facts() if text.decoded.confidence < 1 or text.decoded.undecodable else {}
        kept = {name: value for name, value in facts.items() if value}
        return Mail(body, time(first(headers, "date")), orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode())

    def add(self, builder: ChunkBuilder, position: int, found: Mail | str, source: str | None = None) -> None:
        """Hand over a mail, or the sentence why it cannot be read."""
        if isinstance(found, str):
            builder.problem(position, found, source=source)
        else:
            builder.add(position, text=found.text, time=found.time, metadata=found.metadata, source=source)

    def _written(self, text: Text) -> _Written:
        content = text.decoded.text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        if text.html or looks_like_html(content):
            left_out = is_html_quote if self.quotes == "drop" else None
            content = html_text(content, self.form, left_out=left_out, quote_marks=True)
            return _Written(content, 0, 0, False, [])
        if text.flowed:
            content = unflowed(content, text.joins)
        content, files = without_uuencoded(content)
        parts = parted(content, quotes=self.quotes == "keep", signatures=self.signatures == "keep")
        return _Written(*parts, files)

    def _facts(self, headers: Headers) -> dict[str, object]:
        own = ids(first(headers, "message-id"))[:1]
        answered = ids(first(headers, "in-reply-to"))[:1]
        root = ids(first(headers, "references"))[:1] or answered or own
        facts: dict[str, object] = {
            "subject": words(first(headers, "subject")),
            "list": _list_name(headers),
            "message": _digest(own),
            "reply_to": _digest(answered or ids(first(headers, "references"))[-1:]),
            "thread": _digest(root),
        }
        if self.people == "addresses":
            facts |= {"message_id": own[0] if own else None}
        if self.people != "drop":
            facts |= {name.replace("-", "_"): self._people(headers.get(name, [])) for name in _PEOPLE}
        return facts

    def _people(self, values: list[str]) -> list[dict[str, str]]:
        found = []
        for name, address in getaddresses([value[:10_000] for value in values])[:_MAX_NAMED]:
            one = {"name": words(name)} if name else {}
            if self.people == "addresses" and address:
                one["address"] = address
            found += [one] if one else []
        return found


class _Written(NamedTuple):
    """A text of a mail with what is not wanted left out."""

    text: str
    quoted: int
    signature: int
    encrypted: bool
    files: list[Attachment]


def _nothing(found: list[Text], attachments: list[Attachment], encrypted: bool) -> Nothing:
    """What a mail is by name that leaves no text."""
    if encrypted:
        return Nothing("encrypted mail")
    if any(text.decoded.text.strip() for text in found) and not attachments:
        return Nothing("mail of nothing but quotes, signature or markup")
    return Nothing("mail of nothing but attachments" if attachments else "mail without text")


def _list_name(headers: Headers) -> str | None:
    """The id of the mailing list (RFC 2919), which names no person."""
    value = words(first(headers, "list-id"))
    inside = value.rpartition("<")[2].partition(">")[0].strip()
    return inside[:200] or None


def _digest(found: list[str]) -> str | None:
    """A message id as 32 hex digits: ids often hold an address."""
    return xxhash.xxh3_128_hexdigest(found[0].encode()) if found else None
