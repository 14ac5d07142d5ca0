"""What a person wrote in a mail, told apart from quotes, signatures, footers of lists and armour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gristmill.collect._mail_quotes import is_rule, quoted
from gristmill.collect._markup import Tag
from gristmill.collect._mime import Attachment

_PGP_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_PGP_BEGIN, _PGP_END = "-----BEGIN PGP ", "-----END PGP "
_MAX_SIGNATURE = 30
"""Lines after the mark of a signature; what is longer is no signature."""

_MAX_FOOTER = 12
_FOOTERS = ("list", "sponsored by", "yahoo! groups")
_HTML_QUOTES = ("gmail_quote", "gmail_extra_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote", "gmail_attr")


class Parted(NamedTuple):
    """Lines of a mail by what they are."""

    text: str
    quoted: int  # lines of quotes, with the lines that announce them
    signature: int  # lines of the signature and of footers
    encrypted: bool  # there was an encrypted block


def unflowed(text: str, joins: bool) -> str:
    """A text of format=flowed (RFC 3676) with its paragraphs as single lines."""
    out: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        body = line.lstrip(">")
        depth = len(line) - len(body)
        body = body.removeprefix(" ")
        is_mark = body == "-- "
        if open_depth == depth and not is_mark:
            out[-1] += body
        else:
            if open_depth >= 0:
                out[-1] = out[-1].rstrip(" ")
            out.append(f"{'>' * depth} {body}" if depth else body)
        soft = body.endswith(" ") and not is_mark
        open_depth = depth if soft else -1
        if soft and joins:
            out[-1] = out[-1][:-1]
    return "\n".join(out)


def parted(text: str, *, quotes: bool, signatures: bool) -> Parted:
    """A plain text with what is not wanted left out, and how much of it there was; armour goes in any case."""
    lines, encrypted = _without_armour(text.split("\n"))
    end = _signature_start(lines)
    signature, lines = lines[end:], lines[:end]
    roles = quoted(lines)
    kept = lines if quotes else [line for line, is_quote in zip(lines, roles, strict=True) if not is_quote]
    if signatures:
        kept = kept + signature
    return Parted(_tidy(kept), sum(roles), sum(bool(line.strip()) for line in signature), encrypted)


def is_html_quote(tag: Tag) -> bool:
    """Whether an element of a mail in HTML holds a quote of the mail that it answers."""
    if tag.name == "blockquote":
        return tag.attribute("type").lower() == "cite" or "quote" in tag.attribute("class").lower()
    if tag.name != "div" or ("class" not in tag.rest and "CLASS" not in tag.rest):
        return False
    return not set(tag.attribute("class").lower().split()).isdisjoint(_HTML_QUOTES)


def looks_like_html(text: str) -> bool:
    """Whether what is called plain text is a page, as junk mail often is."""
    return text[:200].lstrip().lower().startswith(("<html", "<!doctype html", "<body", "<head"))


def without_uuencoded(text: str) -> tuple[str, list[Attachment]]:
    """A text without the files that stand in it in uuencode, and what they are called."""
    if "\nend" not in text or "begin " not in text:
        return text, []
    lines = text.split("\n")
    found: list[Attachment] = []
    out: list[str] = []
    held: list[str] = []  # lines of a file whose end was not seen yet
    for at, line in enumerate(lines):
        if held:
            held.append(line)
            if line.rstrip() == "end":
                found.append(Attachment(held[0].split(" ", 2)[2].strip()[:200], "application/octet-stream"))
                held = []
        elif _begins_uuencoded(lines, at):
            held = [line]
        else:
            out.append(line)
    return "\n".join(out + held), found


def _begins_uuencoded(lines: Sequence[str], at: int) -> bool:
    parts = lines[at].split(" ", 2)
    if len(parts) < 3 or parts[0] != "begin" or not (len(parts[1]) in (3, 4) and parts[1].isdigit()):
        return False
    follows = [line.rstrip() for line in lines[at + 1 : at + 3]]
    return len(follows) == 2 and ((follows[0][:1] == "M" and len(follows[0]) in (60, 61)) or follows[1] in ("`", ""))


def _without_armour(lines: list[str]) -> tuple[list[str], bool]:
    """Lines without PGP blocks; of a signed text the text stays, its dashes as they were."""
    if not any(line.startswith(_PGP_BEGIN) for line in lines):
        return lines, False
    out: list[str] = []
    encrypted = signed = in_block = in_head = False
    for line in lines:
        if in_block:
            in_block = not line.startswith(_PGP_END)
        elif in_head:
            in_head = bool(line.strip())
        elif line.startswith(_PGP_SIGNED):
            signed = in_head = True
        elif line.startswith(_PGP_BEGIN):
            in_block, signed = True, False
            encrypted |= line.startswith(_PGP_BEGIN + "MESSAGE")
        else:
            out.append(line.removeprefix("- ") if signed else line)
    return out, encrypted


def _signature_start(lines: Sequence[str]) -> int:
    """Where the signature or the footer of a mailing list begins."""
    size = len(lines)
    while size and not lines[size - 1].strip():
        size -= 1
    if size and "/listinfo/" in lines[size - 1]:
        size -= 1
    for at in range(size - 1, max(size - _MAX_FOOTER, 0) - 1, -1):
        if is_rule(lines[at]) and any(word in line.lower() for line in lines[at + 1 : at + 3] for word in _FOOTERS):
            size = at
            break
    marks = (at for at in range(max(size - _MAX_SIGNATURE, 0), size) if lines[at].rstrip(" \xa0") == "--")
    return next(marks, size)


def _tidy(lines: Sequence[str]) -> str:
    """Lines without white space at their ends, and no more than one blank line together."""
    out: list[str] = []
    for line in lines:
        plain = line.rstrip()
        if plain or (out and out[-1]):
            out.append(plain)
    return "\n".join(out).strip("\n")
