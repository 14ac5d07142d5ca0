"""Words that speak of an identifier beside them, in many languages: a number near one of them is judged as that."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.resources import files

from gristmill.protect._national_ids import NATIONAL
from gristmill.text.identifier_lists import AT_WORD, BIRTH, DOT_WORD, NAMED, SECRET, Words, words_of

(
    PHONE,
    CARD,
    BANK,
    NETWORK,
    IMEI,
    PASSPORT,
    VEHICLE,
    WALLET,
    VERSION,
    REFERENCE,
    PLACE,
    SOCIAL,
    IDENTITY,
    BOOK,
) = range(14)
FIRST_COUNTRY = 14
"""The families of countries follow, in the order of NATIONAL."""

_NUMBERED = {
    "phone": PHONE, "card": CARD, "bank": BANK, "network": NETWORK, "imei": IMEI, "passport": PASSPORT,
    "vehicle": VEHICLE, "wallet": WALLET, "version": VERSION, "reference": REFERENCE, "place": PLACE,
    "social": SOCIAL, "identity": IDENTITY, "book": BOOK,
    "named": NAMED, "at": AT_WORD, "dot": DOT_WORD, "birth": BIRTH, "secret": SECRET,
}  # fmt: skip


def _listed() -> dict[int, list[str]]:
    """The words of `context_words.txt` by family."""
    text = (files("gristmill.protect") / "context_words.txt").read_text("utf-8")
    entries: dict[str, str] = {}
    name = ""
    for line in (line for line in text.splitlines() if not line.startswith("#")):
        if line.startswith(" "):
            entries[name] += line
        else:
            name = line.rstrip(":")
            entries[name] = ""
    return {_NUMBERED[name]: _phrases(words) for name, words in entries.items()}


def _phrases(words: str) -> list[str]:
    return [phrase for entry in words.split(",") if (phrase := " ".join(entry.split()))]


@cache
def words() -> Words:
    """All words of all families, ready for the kernel; those of several countries are IDENTITY's."""
    families = _listed()
    of_countries = [_phrases(ids.words) for ids in NATIONAL.values()]
    times = Counter(phrase for phrases in of_countries for phrase in set(phrases))
    families[IDENTITY] += sorted(phrase for phrase, count in times.items() if count > 1)
    for number, phrases in enumerate(of_countries):
        families[FIRST_COUNTRY + number] = [phrase for phrase in phrases if times[phrase] == 1]
    return words_of(families)
