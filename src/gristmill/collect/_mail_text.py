"""What a person wrote in a mail, told apart from quotes, signatures, footers of lists and armour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gristmill.collect._markup import Tag
from gristmill.collect._mime import Attachment

_PGP_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_PGP_BEGIN, _PGP_END = "-----BEGIN PGP ", "-----END PGP "
_MAX_SIGNATURE = 30
"""Lines after the mark of a signature; what is longer is no signature."""

_MAX_FOOTER = 12
_LONGEST_ATTRIBUTION = 240
_WROTE = (
    "wrote", "writes", "said", "schrieb", "schreef", "escribió", "escribio", "écrit", "ecrit", "scritto", "scrive",
    "skrev", "escreveu", "napsal", "napisał", "написал", "написала", "пишет", "писал", "写道", "寫道", "kirjoitti",
)  # fmt: skip
_FOOTERS = ("list", "sponsored by", "yahoo! groups")
_ORIGINAL = (
    "original message", "original appointment", "ursprüngliche nachricht", "message d'origine", "mensaje original",
    "messaggio originale", "oorspronkelijk bericht", "mensagem original", "исходное сообщение",
)  # fmt: skip
_QUOTED_HEAD = ("date", "from", "to", "cc", "subject", "message-id", "sent")
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
    roles = _quoted(lines)
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
        if _is_rule(lines[at]) and any(word in line.lower() for line in lines[at + 1 : at + 3] for word in _FOOTERS):
            size = at
            break
    marks = (at for at in range(max(size - _MAX_SIGNATURE, 0), size) if lines[at].rstrip(" \xa0") == "--")
    return next(marks, size)


def _is_rule(line: str) -> bool:
    plain = line.strip()
    return len(plain) >= 20 and (not plain.strip("_") or not plain.strip("-") or not plain.strip("="))


def _quoted(lines: Sequence[str]) -> list[bool]:
    """For each line, whether it belongs to a quote or announces one."""
    marks = [_is_marked(line) for line in lines]
    out = list(marks)
    for at, line in enumerate(lines):
        if not out[at] and _begins_original(lines, at):
            end = _original_head_end(lines, at)
            marked = end < len(lines) and marks[end]  # then the answer may stand between the quotes
            for own in range(at, end if marked else len(lines)):
                out[own] = True
            if not marked:
                return out
        if marks[at] and (at == 0 or not marks[at - 1]):
            _mark_attribution(lines, out, at)
        elif not line.strip() and at and out[at - 1] and at + 1 < len(lines) and marks[at + 1]:
            out[at] = True  # between two quotes
    return out


def _is_marked(line: str) -> bool:
    """Whether a line begins as quotes do: `> `, `AM> ` with someone's initials, `| ` where that is no table."""
    plain = line.lstrip(" ")
    if plain.startswith((">", "|>")):
        return True
    if plain.startswith("| "):
        return not plain.rstrip().endswith("|")
    initials, mark, _ = plain[:6].partition(">")
    return bool(mark) and initials.isalpha() and initials.isupper()


def _begins_original(lines: Sequence[str], at: int) -> bool:
    """Whether the mail that is answered follows as a whole, as Outlook puts it."""
    plain = lines[at].strip()
    if plain.startswith("---") and plain.endswith("--"):
        return plain.strip("- ").lower().startswith(_ORIGINAL)
    if not _is_rule(plain) or plain[0] != "_":
        return False
    follows = [line.strip().strip("*").lower() for line in lines[at + 1 : at + 8] if line.strip()]
    return bool(follows) and follows[0].startswith(("from:", "von:", "de :", "de:")) and len(follows) > 2


def _original_head_end(lines: Sequence[str], at: int) -> int:
    """The first line below the head (From, Sent, Subject) of a mail that is answered."""
    at += 1
    while at < len(lines) and (not lines[at].strip() or _is_head_line(lines[at])):
        at += 1
    return at


def _is_head_line(line: str) -> bool:
    name, colon, _ = line.partition(":")
    return bool(colon) and len(name) < 20 and not line.startswith(">") and name.strip().count(" ") < 2


def _mark_attribution(lines: Sequence[str], out: list[bool], at: int) -> None:
    """Mark the line or two before a quote that say who wrote it: `On Monday, Ann wrote:`."""
    last = at - 1
    while last >= max(at - 2, 0) and not lines[last].strip():  # two blank lines at most
        last -= 1
    head = last
    while head >= 0 and not out[head] and lines[head].partition(":")[0].strip().lower() in _QUOTED_HEAD:
        head -= 1
    if last - head > 1:
        for line in range(head + 1, at):
            out[line] = True
        return
    if last < 0 or out[last] or not lines[last].rstrip().endswith((":", "...")):
        return
    before = lines[last - 1] if last and not out[last - 1] else ""
    alone = _says_who(lines[last])
    if alone and (not before.strip() or _opens(lines[last])):
        start = last
    elif alone or _says_who(f"{before} {lines[last]}"):
        start = last - 1 if before.strip() and len(before) + len(lines[last]) < _LONGEST_ATTRIBUTION else last
    else:
        return
    for line in range(start, at):
        out[line] = True


def _says_who(text: str) -> bool:
    return any(word in text.lower() for word in _WROTE) or ("@" in text and text.rstrip().endswith((">:", "):")))


def _opens(line: str) -> bool:
    """Whether an attribution stands on this line as a whole, by how such lines begin."""
    return line.lstrip().lower().startswith(("on ", "am ", "le ", "el ", "in ", "il ", "at ", "*"))


def _tidy(lines: Sequence[str]) -> str:
    """Lines without white space at their ends, and no more than one blank line together."""
    out: list[str] = []
    for line in lines:
        plain = line.rstrip()
        if plain or (out and out[-1]):
            out.append(plain)
    return "\n".join(out).strip("\n")
