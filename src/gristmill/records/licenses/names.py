"""Reads the name of a licence out of the words of a sentence: 'the Apache License, Version 2.0', 'CC BY-NC 4.0'."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from gristmill.errors import near_miss
from gristmill.records.licenses.identifiers import MOST_CHARACTERS, by_name
from gristmill.records.licenses.table import table

_NOISE = frozenset((
    "the", "a", "an", "of", "license", "licence", "version", "terms", "and", "conditions", "under", "to", "following",
    "public", "as", "published", "by", "free", "software", "foundation", "either", "its", "v", "lizenz", "licencia",
    "licenza", "licença", "der", "den", "die", "la", "une", "una", "einer", "unter", "deed", "style", "open", "source",
    "namensnennung",
))  # fmt: skip
"""Words that are left out of names and sentences alike."""
_IGNORED_ENDS = frozenset(("only", "international", "unported", "generic", "or", "later"))
_LOOKED_AT = 24  # words of a sentence
_PLAIN_WORDS = frozenset(("mit", "isc", "unlicense", "zlib", "wtfpl", "gplv2", "gplv3", "lgplv3", "agplv3", "odbl"))
_ALSO = {
    "mit x11": "MIT", "expat": "MIT", "mit expat": "MIT",
    "apache 2": "Apache-2.0", "apache 2 0": "Apache-2.0", "asl 2 0": "Apache-2.0",
    "bsd 2 clause": "BSD-2-Clause", "2 clause bsd": "BSD-2-Clause", "two clause bsd": "BSD-2-Clause",
    "simplified bsd": "BSD-2-Clause", "freebsd": "BSD-2-Clause", "bsd 3 clause": "BSD-3-Clause",
    "3 clause bsd": "BSD-3-Clause", "three clause bsd": "BSD-3-Clause", "new bsd": "BSD-3-Clause",
    "modified bsd": "BSD-3-Clause", "revised bsd": "BSD-3-Clause",
    "gpl 2": "GPL-2.0-only", "gpl 3": "GPL-3.0-only", "gplv2": "GPL-2.0-only", "gplv3": "GPL-3.0-only",
    "gnu gpl 2": "GPL-2.0-only", "gnu gpl 3": "GPL-3.0-only",
    "gnu general 2": "GPL-2.0-only", "gnu general 3": "GPL-3.0-only",
    "lgpl 2 1": "LGPL-2.1-only", "lgplv2 1": "LGPL-2.1-only", "lgpl 3": "LGPL-3.0-only", "lgplv3": "LGPL-3.0-only",
    "gnu lgpl 2 1": "LGPL-2.1-only", "gnu lgpl 3": "LGPL-3.0-only", "gnu lesser general 2 1": "LGPL-2.1-only",
    "gnu lesser general 3": "LGPL-3.0-only", "gnu library general 2": "LGPL-2.0-only",
    "agpl 3": "AGPL-3.0-only", "agplv3": "AGPL-3.0-only", "gnu agpl 3": "AGPL-3.0-only",
    "gnu affero general 3": "AGPL-3.0-only", "mpl 2": "MPL-2.0", "mpl 2 0": "MPL-2.0", "mozilla 2 0": "MPL-2.0",
    "gfdl 1 3": "GFDL-1.3-only", "gfdl 1 2": "GFDL-1.2-only", "gnu documentation 1 3": "GFDL-1.3-only",
    "gnu documentation 1 2": "GFDL-1.2-only", "odbl": "ODbL-1.0", "odbl 1 0": "ODbL-1.0",
    "database": "ODbL-1.0", "data commons database": "ODbL-1.0", "government 3 0": "OGL-UK-3.0",
    "government 2 0": "OGL-UK-2.0", "boost 1 0": "BSL-1.0", "eclipse 2 0": "EPL-2.0", "eclipse 1 0": "EPL-1.0",
    "psf": "PSF-2.0", "python 2": "PSF-2.0", "sil font 1 1": "OFL-1.1", "ofl 1 1": "OFL-1.1",
}  # fmt: skip
_PARTS = {
    "attribution": "BY", "by": "BY", "namensnennung": "BY", "sharealike": "SA", "share": "SA", "sa": "SA",
    "alike": "SA", "noncommercial": "NC", "non": "NC", "nc": "NC", "commercial": "NC", "noderivatives": "ND",
    "noderivs": "ND",
    "no": "ND", "nd": "ND", "derivatives": "ND", "derivs": "ND", "derivative": "ND", "works": "ND", "deriv": "ND",
    "атрибуция": "BY", "attribuzione": "BY", "reconocimiento": "BY", "atribución": "BY", "atribuição": "BY",
    "compartirigual": "SA", "condividi": "SA", "compartilhaigual": "SA", "nocomercial": "NC", "nichtkommerziell": "NC",
    "gleichen": "SA", "bedingungen": "SA", "weitergabe": "SA", "unter": "", "stesso": "SA", "modo": "SA",
    "partage": "SA", "dans": "", "les": "", "mêmes": "SA", "pas": "", "d": "", "utilisation": "NC", "commerciale": "NC",
}  # fmt: skip
_JOINS = frozenset(("AND", "OR", "WITH"))
_OPERATORS = _JOINS | {"(", ")"}
_VERSIONS = ("1.0", "2.0", "2.1", "2.5", "3.0", "4.0")
_AFTER_PARTS = frozenset((
    "license", "licence", "international", "unported", "generic", "version", "v", "deed", "public",
))  # fmt: skip


class Named(NamedTuple):
    """A licence that a sentence names, and how many of its words it took."""

    license: str
    words: int


def words_of(text: str) -> list[str]:
    """Words of a sentence in lower case, split at all but letters and digits: `v3+` is `v`, `3`, `or`, `later`."""
    plain = "".join(char if char.isalnum() or char == "+" else " " for char in text.lower())
    out: list[str] = []
    for word in plain.replace("+", " or later ").split():
        versioned = word[:1] == "v" and word[1:].isdigit() and word.isascii()
        out += ["v", word[1:]] if versioned else [word]
    return out


def leading_name(words: Sequence[str]) -> Named | None:
    """The licence that a sentence names at once, after 'licensed under', say."""
    given = list(words[:_LOOKED_AT])
    start = next((k for k, word in enumerate(given) if word not in _NOISE or word in ("by",)), len(given))
    creative = _creative(given, start)
    if creative:
        return creative
    kept = [(k, word) for k, word in enumerate(given) if k >= start and word not in _NOISE]
    known = _names()
    longest = known[1]
    for size in range(min(longest, len(kept)), 0, -1):
        key = tuple(word for _, word in kept[:size])
        license = known[0].get(key)
        if license is None or (size == 1 and not _may_stand_alone(key[0], given, kept[0][0])):
            continue
        end = kept[size - 1][0] + 1
        return Named(_or_later(license, given[end:]), end)
    return None


def _may_stand_alone(word: str, given: Sequence[str], at: int) -> bool:
    """A name of one word is one where 'license' follows, or nothing else has that name."""
    return word in _PLAIN_WORDS or given[at + 1 : at + 2] in (["license"], ["licence"])


def _or_later(license: str, behind: Sequence[str]) -> str:
    """`-or-later` for GNU's licences where the sentence goes on 'or (at your option) any later version'."""
    if not license.endswith("-only"):
        return license
    near = [word for word in behind if word not in ("license", "of", "the", "version", "0")][:8]
    later = near[:1] in (["or"], ["and"]) and ("later" in near[:6] or "newer" in near[:6])
    return license.removesuffix("-only") + "-or-later" if later else license


def _creative(given: Sequence[str], start: int) -> Named | None:
    """`CC BY-NC 4.0`, 'Creative Commons Attribution-ShareAlike 4.0 International'; without a version, of none."""
    at = start
    if given[at : at + 2] == ["creative", "commons"]:
        at += 2
    elif given[at : at + 1] in (["cc"], ["ccby"]):
        at += 1 if given[at] == "cc" else 0
    elif given[at : at + 1] != ["cc0"]:
        return None
    if given[at : at + 1] in (["cc0"], ["zero"], ["0"]):
        return Named("CC0-1.0", at + 1)
    found: set[str] = set()
    while at < len(given) and given[at] in _PARTS:
        found.add(_PARTS[given[at]])
        at += 1
    if "BY" not in found:
        return None
    kind = "-".join(part for part in ("BY", "NC", "ND", "SA") if part in found)
    if "ND" in found and "SA" in found:
        return None
    number = at
    while number < len(given) and given[number] in _AFTER_PARTS:
        number += 1
    version = ".".join(given[number : number + 2])
    if version in _VERSIONS:
        return Named(f"CC-{kind}-{version}", number + 2)
    return Named(f"LicenseRef-CC-{kind}", at)


def named(value: str) -> str | None:
    """The licence that a field names: an identifier, an expression of several, or a name and nothing else."""
    if len(value) > MOST_CHARACTERS:
        return None
    known = by_name(value) or _ids().get(value.strip().lower()) or _expression(value)
    if known:
        return known
    words = words_of(value)
    found = leading_name(words)
    over = [] if found is None else [word for word in words[found.words :] if word not in _NOISE | _IGNORED_ENDS]
    return None if found is None or over else found.license


def misspelt(name: str) -> str | None:
    """What is wrong with a name that is to be compared with identifiers, None where nothing is."""
    if " " in name or name.startswith("LicenseRef-"):  # an expression; a name of one's own
        return None
    known = by_name(name) or named(name)
    if known == name:
        return None
    told = f"did you mean {known!r}?" if known else near_miss(name, _ids().values())
    return f"{name!r} is no SPDX identifier: {told}"


def misspelt_pattern(name: str) -> str | None:
    """The same of a name without regard to case, of a beginning (`CC-BY-*`), or of an exception of SPDX."""
    folded = name.lower()
    if "exception" in folded or folded.startswith("licenseref-") or folded in _ids():
        return None
    if folded.endswith("*"):
        some = any(known.startswith(folded[:-1]) for known in (*_ids(), "licenseref-"))
        return None if some else f"no SPDX identifier begins with {name[:-1]!r}"
    return misspelt(name)


def _expression(value: str) -> str | None:
    """Identifiers joined by AND, OR and WITH; `MIT/Apache-2.0`, as Cargo once had it, is a choice."""
    spaced = value.replace("(", " ( ").replace(")", " ) ").replace("/", " OR ")
    words = [word.upper() if word.upper() in _JOINS else word for word in spaced.split()]
    if not _JOINS.intersection(words):
        return None
    out: list[str] = []
    for word in words:
        license = word if word in _OPERATORS or out[-1:] == ["WITH"] else by_name(word) or _ids().get(word.lower())
        if license is None:
            return None
        out.append(license)
    return " ".join(out).replace("( ", "(").replace(" )", ")")


@lru_cache(maxsize=1)
def _ids() -> dict[str, str]:
    return {license.lower(): license for license in table().ids}


@lru_cache(maxsize=1)
def _names() -> tuple[dict[tuple[str, ...], str], int]:
    """Licences by the words of their names and identifiers, and the most words of one."""
    known: dict[tuple[str, ...], str] = {}
    listed = table()
    for license, name in sorted(zip(listed.ids, listed.names, strict=True), key=lambda one: one[0].endswith("later")):
        for spelled in (license, name):
            words = [word for word in words_of(spelled) if word not in _NOISE]
            while words and words[-1] in _IGNORED_ENDS:
                words.pop()
            if words and not spelled.startswith(("CC-", "Creative Commons")):
                known.setdefault(tuple(words), license)
                if words[-1] == "0" and len(words) > 2 and license.endswith("-only"):
                    known.setdefault(tuple(words[:-1]), license)
    known |= {tuple(key.split()): license for key, license in _ALSO.items()}
    return known, max(map(len, known))
