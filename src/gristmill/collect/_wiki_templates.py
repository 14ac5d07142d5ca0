"""Templates of Wikipedias that stand for a few words of the sentence they are in, written out.

All others are no prose (boxes, navigation, citations, notices). Named after the English Wikipedia, with the names that
German, French and Spanish ones have for the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gristmill.collect._wiki_marks import QUOTE_BEGINS, QUOTE_ENDS

Arguments = Mapping[str, str]
"""Named arguments, and the others by number from 1 on."""


def rendered(name: str, parts: list[str], title: str) -> str | None:
    """The words that a template stands for, None where it is none of those known."""
    plain = " ".join(name.replace("_", " ").split())
    key = plain.lower()
    function, colon, value = plain.partition(":")
    if colon:
        return _FUNCTIONS[function.lower()](value.strip()) if function.lower() in _FUNCTIONS else None
    if key in ("pagename", "fullpagename", "pagenamee", "subpagename") and not parts:
        return title
    if key in _SIGNS and not parts:
        return _SIGNS[key]
    if key.startswith("lang-"):
        return _arguments(parts).get("1", "")
    write = _WRITTEN.get(key)
    return write(_arguments(parts)) if write else None


_FUNCTIONS: Mapping[str, Callable[[str], str]] = {
    "formatnum": str,
    "lc": str.lower,
    "uc": str.upper,
    "lcfirst": lambda text: text[:1].lower() + text[1:],
    "ucfirst": lambda text: text[:1].upper() + text[1:],
}

_SIGNS: Mapping[str, str] = {
    "!": "|", "=": "=", "'": "'", "''": "''", "nbsp": " ", "spaces": " ", "space": " ", "snd": " – ", "spnd": " – ",
    "spaced ndash": " – ", "spaced en dash": " – ", "ndash": "–", "en dash": "–", "–": "–", "mdash": "—",
    "em dash": "—", "—": "—", "·": " ·", "dot": " ·", "middot": " ·", "•": " •", "bull": " •", "bullet": " •",
    "'s": "'s", "s": "'s", "pi": "π", "shy": "", "zwj": "", "(": "[", ")": "]", "br": "<br>", "clear": "", "-": "",
    "eqm": "⇌", "rarr": "→", "pm": "±", "times": "×", "minus": "−", "deg": "°",
}  # fmt: skip


def _arguments(parts: list[str]) -> Arguments:
    found: dict[str, str] = {}
    number = 0
    for part in parts:
        name, equals, value = part.partition("=")
        if equals and name.strip() and "<" not in name and len(name) < 40:
            found[name.strip().lower()] = value.strip()
        else:
            number += 1
            found[str(number)] = part.strip()
    return found


def _numbered(given: Arguments) -> list[str]:
    found: list[str] = []
    while (value := given.get(str(len(found) + 1))) is not None:
        found.append(value)
    return found


def _argument(*names: str) -> Callable[[Arguments], str]:
    """The first argument of these names that is there."""
    return lambda given: next((given[name] for name in names if given.get(name)), "")


def _last(given: Arguments) -> str:
    numbered = _numbered(given)
    return numbered[-1] if numbered else given.get("text", "")


def _converted(given: Arguments) -> str:
    """`{{convert|5|to|10|km|mi}}`: the measure as it was given, up to the first unit; feet and inches go together."""
    words = [word for word in _numbered(given) if word]
    at = next((at for at, word in enumerate(words) if at and not _is_number(word) and word not in _RANGES), len(words))
    shown = [_RANGES.get(word, word) for word in words[: at + 1]]
    if at + 2 < len(words) and words[at] in ("ft", "lb", "st") and _is_number(words[at + 1]):
        shown += words[at + 1 : at + 3]
    return " ".join(shown).replace(" – ", "–")


_RANGES: Mapping[str, str] = {
    "to": "to", "and": "and", "or": "or", "-": "–", "–": "–", "by": "by", "x": "×", "×": "×", "*": "×", "+/-": "±",
    "±": "±", "to(-)": "to", "and(-)": "and", "xx": "×", "+": "+",
}  # fmt: skip


def _is_number(word: str) -> bool:
    return bool(word) and (word[0].isdigit() or (word[0] in "+-−.½¼¾" and len(word) < 20))


def _japanese(given: Arguments) -> str:
    inside = ", ".join(given[name] for name in ("2", "3", "4") if given.get(name))
    return f"{given.get('1', '')} ({inside})".strip() if inside else given.get("1", "")


def _chinese(given: Arguments) -> str:
    names = ("c", "s", "t", "p", "w", "j")
    return "; ".join(dict.fromkeys(given[name] for name in names if given.get(name))) or _last(given)


def _date(given: Arguments) -> str:
    numbers = [word for word in _numbered(given) if word.isdigit()][:3]
    if not numbers:
        return _argument("1")(given)
    return "-".join([numbers[0], *(number.zfill(2) for number in numbers[1:])])


def _listed(given: Arguments) -> str:
    return "".join(f"\n* {item}" for item in _numbered(given) if item) + "\n"


def _quoted(given: Arguments) -> str:
    text = _argument("text", "quote", "1")(given)
    by = ", ".join(given[name] for name in ("author", "sign", "2", "source", "title", "3") if given.get(name))
    said = f"{text}\n\n— {by}" if by else text
    return f"\n{QUOTE_BEGINS}\n{said}\n{QUOTE_ENDS}\n" if text else ""


def _fraction(given: Arguments) -> str:
    numbers = _numbered(given)[:3]
    if len(numbers) == 3:
        return f"{numbers[0]} {numbers[1]}/{numbers[2]}"
    return "/".join(numbers) if len(numbers) == 2 else f"1/{''.join(numbers)}"


def _value(given: Arguments) -> str:
    number = given.get("1", "")
    power = f"×10<sup>{given['e']}</sup>" if given.get("e") else ""
    unit = given.get("u") or given.get("ul") or ""
    return f"{number}{power} {unit}".strip()


def _in_row(given: Arguments) -> str:
    return ", ".join(filter(None, _numbered(given)))


def _formula(given: Arguments) -> str:
    """`{{chem|C|n|H|2n+2}}`: what begins with a letter in upper case is an element, what follows it its number."""
    return "".join(part if part[:1].isupper() or not part else f"<sub>{part}</sub>" for part in _numbered(given))


def _around(before: str, after: str = "") -> Callable[[Arguments], str]:
    return lambda given: f"{before}{given.get('1', '')}{after}".strip()


def _in_cell(shown: str) -> Callable[[Arguments], str]:
    """A template that brings a cell of a table its style and its text, with the bar between them."""
    return lambda given: f"| {given.get('1') or shown}"


_CELLS: Mapping[str, str] = {
    "yes": "Yes", "no": "No", "won": "Won", "nom": "Nominated", "n/a": "N/A", "partial": "Partial", "maybe": "Maybe",
    "dunno": "?", "some": "Some", "tba": "TBA", "pending": "Pending", "good": "Yes", "bad": "No", "active": "Active",
}  # fmt: skip


def _named(write: Callable[[Arguments], str], names: str) -> dict[str, Callable[[Arguments], str]]:
    """The same for all names, a semicolon between them."""
    return dict.fromkeys((" ".join(name.split()) for name in names.split(";")), write)


_FIRST = """
    nowrap; nobr; nbr; j; small; smaller; big; larger; abbr; tooltip; abbrlink; mvar; var; math; bigmath; mono; code;
    kbd; samp; em; strong; bold; smallcaps; sc; sub; noitalic; noitalics; normal; underline; angbr; visible anchor;
    vanchor; first word; nihongo3; not a typo; as written; sic; proper name; ill; interlanguage link; ipa; ipa-en;
    interlanguage link multi; unicode; script; linktext; title-case; avoid wrap; hlist item; ship name; keypress;
    okina; nobreak; no wrap; url; official url
"""
_SECOND = """
    ship; uss; hms; ss; section link; annotated link; wikt; wt; article link
"""
_LAST = """
    transl; transliteration; translit; script/hebrew; resize; font; size; larger text; ruby; hebrew; arabic
"""
_DATES = """
    birth date; birth date and age; bda; dob; death date; death date and age; start date; end date; birth-date;
    death-date; start date and age; film date; date; birth year and age; fecha; fecha de inicio
"""
_QUOTES = """
    quote; blockquote; cquote; quotation; centered pull quote; quote box; zitat; citation bloc; cita
"""

_WRITTEN: Mapping[str, Callable[[Arguments], str]] = {
    **_named(_argument("1"), _FIRST),
    **{name: _in_cell(shown) for name, shown in _CELLS.items()},
    **_named(_argument("2", "1"), _SECOND),
    **_named(_argument("2", "text", "1"), "lang; langx; langue; lengua; idioma; color; font color; colour"),
    **_named(_last, _LAST),
    **_named(_converted, "convert; cvt; unité; unite; unit; einheit; unidad"),
    **_named(_japanese, "nihongo; nihongo2; korean; ruby-ja"),
    **_named(_chinese, "zh; zh-hans; zh-hant; lang-zh; chinese"),
    **_named(_date, _DATES),
    **_named(_listed, "ubl; unbulleted list; plainlist; plain list; bulleted list; ublist; flatlist"),
    **_named(_in_row, "hlist; flat list; cslist; csv; comma separated entries"),
    **_named(_quoted, _QUOTES),
    **_named(_fraction, "frac; fraction; sfrac; fract; bruch"),
    **_named(_value, "val"),
    **_named(_formula, "chem; chem2; chemical formula"),
    **_named(_around("c. "), "circa; c.; ca."),
    **_named(_around("As of "), "as of"),
    **_named(_around("fl. "), "floruit; fl."),
    **_named(_around("r. "), "reign; r."),
    **_named(_around("<sup>", "</sup>"), "sup; superscript; exp"),
    **_named(_around("×10<sup>", "</sup>"), "e; e-sp"),
    **_named(_around("US$"), "usd; us$; us dollar"),
    **_named(_around("£"), "gbp; £; pound sterling"),
    **_named(_around("€"), "eur; €; euro"),
    **_named(_around("₹"), "inr; ₹; indian rupee"),
    **_named(_around("", "e siècle"), "s; siècle"),
    **_named(_around('"', '"'), "qq; quote inline"),
}
