"""Which lines of a mail are quotes of another, and which announce them."""

from __future__ import annotations

from collections.abc import Sequence

_LONGEST_ATTRIBUTION = 240
_WROTE = (
    "wrote", "writes", "you write", "said", "mentioned", "quoted", "schrieb", "schreef", "escribió", "escribio",
    "écrit", "ecrit", "scritto", "scrive", "skrev", "escreveu", "napsal", "napisał", "написал", "написала", "пишет",
    "писал", "写道", "寫道", "kirjoitti",
)  # fmt: skip
_ORIGINAL = (
    "original message", "original appointment", "ursprüngliche nachricht", "message d'origine", "mensaje original",
    "messaggio originale", "oorspronkelijk bericht", "mensagem original", "исходное сообщение",
)  # fmt: skip
_OWN_MARKS = ")]}:%!=~"
"""What some mark quotes with in place of `>`; the signs of lists are not among them."""

_WRAPPED_AT = 70
_LONGEST_REST = 40
_QUOTED_HEAD = ("date", "from", "to", "cc", "subject", "message-id", "sent")


def quoted(lines: Sequence[str]) -> list[bool]:
    """For each line, whether it belongs to a quote or announces one."""
    own = _own_mark(lines)
    marks = [_is_marked(line) or (own != "" and f"{line} ".startswith((f"{own} ", own * 2))) for line in lines]
    _mark_rests(lines, marks)
    out = list(marks)
    for at, line in enumerate(lines):
        if not out[at] and _begins_original(lines, at):
            end = _original_head_end(lines, at)
            marked = end < len(lines) and marks[end]  # then the answer may stand between the quotes
            for one in range(at, end if marked else len(lines)):
                out[one] = True
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


def _own_mark(lines: Sequence[str]) -> str:
    """The sign that this mail marks quotes with where that is no usual one: it stands below `On Monday, Ann wrote:`."""
    for at in range(len(lines) - 2):
        mark = lines[at + 1][:1]
        if mark and mark in _OWN_MARKS and lines[at + 2][:1] == mark and _announces(lines[at]):
            return mark
    return ""


def _mark_rests(lines: Sequence[str], marks: list[bool]) -> None:
    """Mark what a mail program broke off the ends of long quoted lines: a few words without the mark."""
    for at in range(1, len(lines) - 1):
        rest, before = lines[at], lines[at - 1]
        if marks[at - 1] and marks[at + 1] and not marks[at] and 0 < len(rest.strip()) <= _LONGEST_REST:
            marks[at] = len(before.rstrip()) + 1 + len(rest.strip()) >= _WRAPPED_AT


def _begins_original(lines: Sequence[str], at: int) -> bool:
    """Whether the mail that is answered follows as a whole, as Outlook puts it."""
    plain = lines[at].strip()
    if plain.startswith("---") and plain.endswith("--"):
        return plain.strip("- ").lower().startswith(_ORIGINAL)
    if not is_rule(plain) or plain[0] != "_":
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
    alone = _announces(lines[last])
    if alone and (not before.strip() or _opens(lines[last])):
        start = last
    elif alone or _says_who(f"{before} {lines[last]}"):
        start = last - 1 if before.strip() and len(before) + len(lines[last]) < _LONGEST_ATTRIBUTION else last
    else:
        return
    for line in range(start, at):
        out[line] = True


def _announces(line: str) -> bool:
    """Whether a line says whose words follow: by its verb, or as it begins, has a number in it and ends."""
    dated = _opens(line) and line.rstrip().endswith(":") and any(sign.isdigit() for sign in line)
    return _says_who(line) or (dated and len(line) < _LONGEST_ATTRIBUTION)


def _says_who(text: str) -> bool:
    return any(word in text.lower() for word in _WROTE) or ("@" in text and text.rstrip().endswith((">:", "):")))


def _opens(line: str) -> bool:
    """Whether an attribution stands on this line as a whole, by how such lines begin."""
    return line.lstrip().lower().startswith(("on ", "am ", "le ", "el ", "in ", "il ", "at ", "*"))


def is_rule(line: str) -> bool:
    plain = line.strip()
    return len(plain) >= 20 and (not plain.strip("_") or not plain.strip("-") or not plain.strip("="))
