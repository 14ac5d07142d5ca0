"""Reads a notice of copyright: whose it is, of which years, and whether all rights are reserved."""

from __future__ import annotations

from typing import NamedTuple

MARKS = (
    "©",
    "(c)",
    "copyright",
    "℗",
    "(p)",
    "ⓒ",
    "Ⓒ",
    "copr.",
    "&copy;",
    "&#169;",
    "著作権",
    "저작권",
    "авторское право",
)
"""Begin a notice."""

RESERVED = (
    "all rights reserved", "all right reserved", "alle rechte vorbehalten", "tous droits réservés",
    "tous droits reserves", "tous droits de reproduction", "todos los derechos reservados", "derechos reservados",
    "todos os direitos reservados", "tutti i diritti riservati", "tutti i diritti sono riservati",
    "alle rechten voorbehouden", "wszelkie prawa zastrzeżone", "wszystkie prawa zastrzeżone",
    "všechna práva vyhrazena", "všetky práva vyhradené", "minden jog fenntartva", "toate drepturile rezervate",
    "med ensamrätt", "alla rättigheter förbehållna", "alle rettigheter reservert", "alle rettigheder forbeholdes",
    "kaikki oikeudet pidätetään", "tüm hakları saklıdır", "Tüm hakları saklıdır", "TÜM HAKLARI SAKLIDIR",
    "Все права защищены", "все права защищены", "ВСЕ ПРАВА ЗАЩИЩЕНЫ", "Усі права захищені", "усі права захищені",
    "Всі права захищені", "всі права захищені", "Всички права запазени", "всички права запазени",
    "Με επιφύλαξη παντός δικαιώματος", "с επιφύλαξη παντός", "כל הזכויות שמורות", "جميع الحقوق محفوظة",
    "تمامی حقوق محفوظ", "版权所有", "版權所有", "保留所有权利", "保留所有權利", "保留一切权利", "版权声明",
    "無断転載", "無断複写", "無断複製", "禁無断", "不許複製", "转载请注明", "未经许可", "未经授权",
    "모든 권리 보유", "무단 전재",
    "무단전재", "สงวนลิขสิทธิ์",
    "bản quyền thuộc", "hak cipta dilindungi", "सर्वाधिकार सुरक्षित",
)  # fmt: skip
"""Say that rights are reserved."""

MOST_BEHIND = 600
"""Bytes that are read behind a mark: of its line, and of those that go on with it."""

_FIRST_YEAR, _LAST_YEAR = 1450, 2100
_SIGNS = ("©", "℗", "ⓒ", "(c)", "(p)", "&copy;", "&#169;", "copyright", "copr.", "著作権", "저작권", "авторское право")
_ENDS = (
    "all rights",
    "alle rechte",
    "tous droits",
    "todos ",
    "tutti i",
    "some rights",
    "licensed",
    "license",
    "released",
)
_ENDS_AT = frozenset("|<>•·\n\r\t;{}[]")
_PARTICLES = frozenset(("by", "von", "par", "por", "di", "и"))
_MOST_IN_NAME, _MOST_WORDS = 100, 8  # characters; words of a name behind a bare word
_SURE_SIGNS = ("©", "℗", "ⓒ", "Ⓒ", "&copy;", "&#169;")  # a bare word, or the third of (a), (b), (c), asks for a year
_NO_NAMES = frozenset((
    "notice", "notices", "holder", "holders", "owner", "owners", "law", "laws", "act", "protection", "policy",
    "statement", "infringement", "and", "is", "or", "of", "in", "on", "license", "material", "works", "year", "years",
    "claim", "claims", "no", "none", "unknown", "public", "see", "agent", "info", "information", "issues",
))  # fmt: skip
_UNTIL = ("to present", "present", "to date", "heute", "now", "today")
_COMPANIES = frozenset((
    "inc", "ltd", "llc", "plc", "corp", "co", "gmbh", "kg", "ag", "ab", "oy", "bv", "b.v", "nv", "s.a", "sa", "srl",
    "s.r.l", "spa", "s.p.a", "sarl", "llp", "lp",
))  # fmt: skip
_SHORTENED = frozenset(("inc", "ltd", "corp", "co", "b.v", "s.a", "s.r.l", "s.p.a"))
_BODIES = _COMPANIES | {
    "limited", "incorporated", "corporation", "foundation", "affiliates", "contributors", "authors",
}  # fmt: skip
"""Last words of the names of companies and other bodies; those that keep a point at the end of a sentence."""
_AND = (" and", " und", " et", " y", " e", " is", " are", ",")


class Notice(NamedTuple):
    """What a mark and what stands behind it on its line say; `holder` is empty where nobody is named."""

    holder: str
    first: int | None
    last: int | None

    @property
    def says_something(self) -> bool:
        """A word 'copyright' in a sentence is no notice."""
        return self.first is not None or bool(self.holder)


def read_notice(mark: str, behind: str, *, pages: bool = False) -> Notice:
    """The notice that begins with a mark; `behind` is the text behind it.

    Its line counts, and lines after it that are indented and begin with a year. In a text, not on a page, the holder
    may be on the next line.
    """
    line, *following = behind.splitlines() or [""]
    rest = _over_marks(line)
    years, rest = _years(rest)
    if not years:
        # '© Mill & Sons 2021': the holder first. A bare word asks for more, as anyone may speak of copyright.
        holder, tail = _holder(rest)
        years, _ = _years(tail.lstrip(" ,("))
        signed = any(sign in mark + line[: len(line) - len(rest)] for sign in _SURE_SIGNS)
        told = signed or (not _begins_a_phrase(holder) and _is_told(line, holder, tail))
        if (not years and not told) or (not signed and _begins_a_phrase(holder)):
            return Notice("", None, None)
    else:
        holder, _ = _holder(rest)
        if not holder and not rest.strip() and following and not pages and not _reserves(following[0]):
            holder, _ = _holder(following[0])
    if _begins_a_phrase(holder):
        holder = ""
    for one in following if years else ():
        bare = _over_marks(one)
        more, _ = _years(bare) if one[:1].isspace() else ([], "")
        if not more:
            break
        years = years + more
    return Notice(holder, min(years, default=None), max(years, default=None))


def _is_told(line: str, holder: str, tail: str) -> bool:
    """Whether a name behind a bare 'Copyright' is a holder: 'Copyright: Jo Mill', 'Copyright Mill Inc. All rights'."""
    if not holder[:1].isalpha() or line[:1].isalpha() or len(holder.split()) > _MOST_WORDS:
        return False
    last = holder.split()[-1].lower().strip(".,")
    return (line.startswith(":") and holder[:1].isupper()) or last in _BODIES or _reserves(tail)


def _reserves(text: str) -> bool:
    """Whether a text begins with rights that are reserved."""
    bare = text.lstrip(" .,-–—|").lower()
    return any(bare.startswith(phrase.lower()) for phrase in RESERVED)


def _begins_a_phrase(holder: str) -> bool:
    """'copyright notice', 'copyright of the': the word in a sentence, with no name behind it."""
    return holder.lower().split(" ")[0] in _NO_NAMES


def _over_marks(text: str) -> str:
    """Without further marks: 'Copyright (c)', '© Copyright:'."""
    while True:
        bare = text.lstrip(" \t.:,-*\u00a0\ufe0f")
        lower = bare.lower()
        sign = next((sign for sign in _SIGNS if lower.startswith(sign)), None)
        if sign is None:
            return bare
        text = bare[len(sign) :]


def _years(text: str) -> tuple[list[int], str]:
    """Years at the beginning of a text ('2019-2023, 2025 by'), and what follows them."""
    found: list[int] = []
    at = 0
    while True:
        start = at
        while start < len(text) and text[start] in " \t,-–—/&~至年":
            start += 1
        if found and text[start : start + 4].lower() in ("and ", "und ", "bis "):
            start += 4
        for word in _UNTIL:
            if found and text[start : start + len(word)].lower() == word:
                start += len(word)
                at = start
        end = start
        while end < len(text) and text[end].isascii() and text[end].isdigit():
            end += 1
        digits = text[start:end]
        if len(digits) == 4 and _FIRST_YEAR <= int(digits) <= _LAST_YEAR:
            found.append(int(digits))
        elif len(digits) == 2 and found and text[at : at + 1] in ("-", "–", "/"):
            found.append(found[-1] // 100 * 100 + int(digits))  # 2019-23
        else:
            return found, text[at:]
        at = end


def _holder(text: str) -> tuple[str, str]:
    """The name at the beginning of a text, and what stands behind it."""
    text = text.lstrip(" \t.:,-–—*|·•\u00a0\ufe0f年")
    words = text.split(" ", 1)
    while len(words) == 2 and words[0].lower() in _PARTICLES:
        text = words[1]
        words = text.split(" ", 1)
    lower = text.lower()
    end = len(text)
    for phrase in _ENDS:
        at = lower.find(phrase)
        end = at if 0 <= at < end else end
    for at, char in enumerate(text[:end]):
        sentence = char == "." and (at + 1 == len(text) or text[at + 1] == " ") and not _abbreviates(text, at)
        year = char.isdigit() and text[at : at + 4].isdigit() and (at == 0 or not text[at - 1].isalnum())
        street = char == "," and text[at + 1 : at + 3].strip().isdigit()
        if char in _ENDS_AT or char in "。，、" or sentence or year or street:
            end = at + (sentence and _last_word(text[:at]) in _SHORTENED)
            break
    for phrase in RESERVED:
        at = text.find(phrase)
        end = at if 0 <= at < end else end
    name = " ".join(text[:end].split()).strip(" ,-–—:*/(\"'©")
    name = name.removesuffix(" .")
    for word in _AND if end < len(text) else ():
        name = name.removesuffix(word)
    name = name if any(char.isalpha() for char in name) else ""
    return name[:_MOST_IN_NAME].rstrip(), text[end:]


def _last_word(text: str) -> str:
    return text.rpartition(" ")[2].lower()


def _abbreviates(text: str, at: int) -> bool:
    """'Inc.', 'Co.', 'J.': a point that ends no sentence. Behind a company's name a capital begins another."""
    word = _last_word(text[:at])
    following = text[at + 1 :].split(maxsplit=1)[:1]
    if word in _COMPANIES and following and following[0].lower().strip(".,") not in _COMPANIES:
        year = following[0][:4].isdigit() and len(following[0]) >= 4
        return year or not (following[0][0].isupper() or following[0][0].isdigit())
    return (len(word) <= 3 or word in ("corp", "bros", "univ", "dept")) and text[at + 1 : at + 2] != ""
