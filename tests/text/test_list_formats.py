"""Lines of public blocklists, against the same in plain Python."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gristmill.text.list_entries import list_entries
from gristmill.text.list_formats import listed_hosts

PIECES = [
    *("||", "|", "@@", "^", "$", "all", "doc", ",", "third-party", "##", "#@#", "#", " # ", "!", "[", "]", "Adblock"),
    *("address=/", "server=/", "LOCAL=/", "/", "local-zone:", "local-data: ", "server:", '"', " ", "\t", "static"),
    *("0.0.0.0", "::1", "fe80::1%lo0", "1.2.3", "a.b", "c", "d.e.", "http://f/g", "ftp://h", "url", "12", "é", "\n"),
]
LISTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
UNREADABLE = None
BLANK = "".join(map(chr, range(33)))


def is_address(word: str) -> bool:
    word = word.partition("%")[0]
    return bool(re.fullmatch(r"[0-9]*(\.[0-9]*){3}|[0-9a-fA-F.:]*:[0-9a-fA-F.:]*:[0-9a-fA-F.:]*", word))


def of_table(line: str) -> list[str | None]:
    while line:
        quoted = line[0] == '"'
        field, _, rest = line[quoted:].partition('"' if quoted else ",")
        line = rest.partition(",")[2] if quoted else rest
        if re.match("(https?|ftp)://", field, re.I):
            return [field]
        if field.lower() == "url":
            return []
    return [UNREADABLE]


def of_line(line: str) -> list[str | None]:
    """What one line lists."""
    if line.startswith(("!", "@@")) or re.match(r"[^/]*?#([@?$]?#)", line):
        return []
    if re.fullmatch(r"\[.*[^0-9a-fA-F.:].*\]", line, re.DOTALL):
        return []
    if line.startswith("||"):
        rule, _, options = line[2:].partition("$")
        known = {"all", "doc", "document", "important"}
        if not set(options.lower().removesuffix(",").split(",") if options else ()) <= known:
            return []
        return [rule.partition("^")[0]] if "^" not in rule[:-1] else []
    if line.startswith("|"):
        return [UNREADABLE]
    match = re.match("(address|server|local)=/", line, re.I)
    if match:
        names = line[match.end() :].split("/")[:-1]
        return [name for name in names if name and name[0] != "#"] if "/" in line[match.end() :] else [UNREADABLE]
    match = re.match(r'(local-zone|local-data):[\x00-\x20]*"?', line, re.I)
    if match:
        name = re.match(r'[^"\x00-\x20]*', line[match.end() :])[0]
        return [name or UNREADABLE]
    if line.lower() == "server:":
        return []
    if re.match(r'"|[0-9]+,|[^,]*,url(,|$)', line, re.I):
        return of_table(line)
    first, behind = re.match(r"([^\x00-\x20]*)[\x00-\x20]*(.*)", line, re.DOTALL).groups()
    if behind and not behind.startswith("#") and is_address(first):
        words = re.split("[\x00-\x20]+", behind)
        until = next((k for k, word in enumerate(words) if word.startswith("#")), len(words))
        return [word for word in words[:until] if "." in word and not is_address(word)]
    return [first if behind.startswith("#") else line]


@settings(deadline=None)
@example("x\n0.0.0.0 a.b c d.e. # f.g\n")
@example("||a.b^$all,doc\n||a.b^$third-party\n||a.b/c^\n||a^b\n")
@example('"1","http://f/g,h","x"\n1,x,http://f/g,y\nid,url\n"1"\n')
@example('local-zone: "a.b" static\nlocal-zone:\n[Adblock]\n[::1]\n')
@example('local-zone:" # ')
@given(LISTS)
def test_every_line_lists_what_plain_python_finds_in_it(text: str) -> None:
    data = np.frombuffer(text.encode(), np.uint8)
    wanted: list[tuple[int, str, bool]] = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip(BLANK)
        if line and not line.startswith("#"):
            wanted += [(number, line if one is None else one, one is not None) for one in of_line(line)]
    found, readable = listed_hosts(data, list_entries(data))
    told = [
        (line, data[start:stop].tobytes().decode(), bool(ok))
        for start, stop, line, ok in zip(found.starts, found.stops, found.lines, readable, strict=True)
    ]
    assert told == wanted
