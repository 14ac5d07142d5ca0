"""The MIME tree of a mail: the texts that people read, and what is attached, within bounds."""

from __future__ import annotations

import binascii
from dataclasses import dataclass, field
from typing import NamedTuple

from gristmill.collect._mail_headers import Headers, Valued, base64_bytes, charset, first, parsed, split, valued, words
from gristmill.records.encoding import Decoded, decoded

MAX_DEPTH = 24
MAX_PARTS = 2000
_TEXTS = ("text/plain", "text/html")
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")


class Bad(ValueError):
    """A mail cannot be read; the message is the sentence for the quarantine."""


class Text(NamedTuple):
    """A part that people read, decoded."""

    decoded: Decoded
    html: bool
    flowed: bool = False
    joins: bool = False  # soft line ends are no spaces (DelSp=yes)


class Attachment(NamedTuple):
    """What is attached: it is named, not decoded."""

    name: str
    type: str


@dataclass(slots=True)
class Content:
    """What a tree holds."""

    attachments: list[Attachment] = field(default_factory=list)
    encrypted: bool = False
    parts: int = 0


def texts(mail: bytes) -> tuple[Headers, list[Text], Content]:
    """The headers of a mail, its texts in order, and what else it holds. Raises Bad beyond the bounds."""
    block, start = split(mail)
    headers = parsed(block)
    content = Content()
    return headers, _walk(headers, mail[start:], content, 0, "text/plain"), content


def _walk(headers: Headers, body: bytes, content: Content, depth: int, usual: str) -> list[Text]:
    content.parts += 1
    if content.parts > MAX_PARTS:
        raise Bad(f"the mail has more than {MAX_PARTS} MIME parts")
    if depth > MAX_DEPTH:
        raise Bad(f"the mail nests its MIME parts deeper than {MAX_DEPTH}")
    kind = valued(first(headers, "content-type") or usual)
    if kind.value in _ENCRYPTED:
        content.encrypted = True
        return []
    if kind.value.startswith("multipart/"):
        pieces = _pieces(body, kind.parameters.get("boundary", ""))
        if pieces:
            return _multipart(kind.value, pieces, content, depth)
        kind = Valued("text/plain", {})  # as it has no parts, all of it is what there is to read
    if kind.value == "message/rfc822" and usual == kind.value:  # of a digest
        block, start = split(body)
        return _walk(parsed(block), body[start:], content, depth + 1, "text/plain")
    if "/" not in kind.value:  # old mailers wrote `text`
        kind = kind._replace(value="text/plain")
    disposition = valued(first(headers, "content-disposition"))
    attached = disposition.value == "attachment" or (kind.value not in _TEXTS)
    if attached:
        if kind.value not in _SIGNATURES:
            name = disposition.parameters.get("filename") or kind.parameters.get("name") or ""
            content.attachments.append(Attachment(words(name)[:200], kind.value[:100]))
        return []
    data = _undone(body, first(headers, "content-transfer-encoding").strip().lower())
    flowed = kind.parameters.get("format", "").lower() == "flowed"
    joins = kind.parameters.get("delsp", "").lower() == "yes"
    return [Text(decoded(data, charset(kind.parameters.get("charset"))), kind.value == "text/html", flowed, joins)]


def _multipart(kind: str, pieces: list[bytes], content: Content, depth: int) -> list[Text]:
    usual = "message/rfc822" if kind == "multipart/digest" else "text/plain"
    found = []
    for piece in pieces:
        block, start = split(piece) if _has_header(piece) else (b"", 0)
        found.append(_walk(parsed(block), piece[start:], content, depth + 1, usual))
    if kind != "multipart/alternative":
        return [text for one in found for text in one]
    said = [one for one in found if any(text.decoded.text.strip() for text in one)]
    plain = [one for one in said if not any(text.html for text in one)]
    return (plain or said or [[]])[0]


def _has_header(piece: bytes) -> bool:
    """Whether a part begins as it should: with a header or the blank line after one."""
    line = piece[:1000].partition(b"\n")[0]
    return not line.strip() or (b" " not in line.partition(b":")[0].strip() and b":" in line)


def _pieces(body: bytes, boundary: str) -> list[bytes]:
    """What stands between the boundary lines; the last piece may lack its own."""
    mark = b"--" + boundary.encode("utf-8", "replace")
    if not boundary:
        return []
    found: list[bytes] = []
    begin = -1
    at = body.find(mark)
    while at >= 0:
        after = at + len(mark)
        end = body.find(b"\n", after)
        end = len(body) if end < 0 else end + 1
        rest = body[after : min(end, after + 200)].strip(b" \t\r\n")
        if (at == 0 or body[at - 1] == 10) and rest in (b"", b"--"):
            if begin >= 0:
                found.append(_without_end(body[begin:at]))
            begin = -1 if rest else end
            if rest:
                break
        at = body.find(mark, after)
    if begin >= 0:
        found.append(body[begin:])
    return found


def _without_end(piece: bytes) -> bytes:
    """The line end before a boundary belongs to the boundary."""
    return piece.removesuffix(b"\n").removesuffix(b"\r")


def _undone(body: bytes, encoding: str) -> bytes:
    """A body with its transfer encoding undone."""
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body)
    if encoding == "base64":
        return _from_base64(body)
    return body


def _from_base64(body: bytes) -> bytes:
    """Base64, and the plain lines that mailing lists append to it."""
    end = body.find(b"\n\n__________")
    data = base64_bytes(body if end < 0 else body[:end])
    return data if end < 0 else data + body[end:]
