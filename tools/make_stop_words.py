"""Write src/gristmill/quality/stop_words.json: the commonest function words of 50-odd languages.

    npm pack stopwords-iso && tar -xzf stopwords-iso-*.tgz
    python tools/make_stop_words.py package/stopwords-iso.json FLORES200/devtest

The words are those of stopwords-iso 1.1.0 (MIT licence, Gene Diaz); of each language the twelve that stand in most
sentences of FLORES-200 are kept, fewer than two never. English has the eight of Gopher instead.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

WORDS_A_LANGUAGE = 12
GOPHER = ("the", "be", "to", "of", "and", "that", "have", "with")
MARKS = "".join(chr(code) for code in range(0x10000) if unicodedata.category(chr(code))[0] == "P")
UNSPACED = ("ja", "th", "zh")
FLORES = {
    "af": "afr", "ar": "ara", "hy": "hye", "eu": "eus", "bn": "ben", "bg": "bul", "ca": "cat", "zh": "cmn_Hans",
    "hr": "hrv", "cs": "ces", "da": "dan", "nl": "nld", "eo": "epo", "et": "est", "fi": "fin", "fr": "fra", "gl": "glg",
    "de": "deu", "el": "ell", "gu": "guj", "ha": "hau", "he": "heb", "hi": "hin", "hu": "hun", "id": "ind", "ga": "gle",
    "it": "ita", "ja": "jpn", "ko": "kor", "ku": "kmr", "lt": "lit", "lv": "lvs", "ms": "zsm", "mr": "mar", "no": "nob",
    "fa": "pes", "pl": "pol", "pt": "por", "ro": "ron", "ru": "rus", "sk": "slk", "sl": "slv", "so": "som", "st": "sot",
    "es": "spa", "sw": "swh", "sv": "swe", "th": "tha", "tl": "tgl", "tr": "tur", "uk": "ukr", "ur": "urd", "vi": "vie",
    "yo": "yor", "zu": "zul",
}  # fmt: skip


def commonest(words: list[str], sentences: list[str], *, unspaced: bool) -> list[str]:
    """The words that stand in most sentences, the commonest first."""
    pieces = [{part.strip(MARKS) for part in sentence.lower().split()} for sentence in sentences]
    found = {}
    for word in words:
        if any(char.isalpha() for char in word) and " " not in word:
            where = sentences if unspaced else pieces
            found[word] = sum(word in place for place in where)
    ranked = sorted(found, key=lambda word: (-found[word], word))
    return [word for word in ranked[:WORDS_A_LANGUAGE] if found[word] >= 10]


def main(lists: Path, folder: Path) -> None:
    known = json.loads(lists.read_text("utf-8"))
    chosen = {"en": list(GOPHER)}
    for code, name in FLORES.items():
        sentences = next(folder.glob(f"{name}*")).read_text("utf-8").splitlines()
        words = commonest(known[code], sentences, unspaced=code in UNSPACED)
        if len(words) > 1:
            chosen[code] = words
    target = Path(__file__).parents[1] / "src" / "gristmill" / "quality" / "stop_words.json"
    lines = ",\n".join(f"{json.dumps(code)}: {json.dumps(chosen[code], ensure_ascii=False)}" for code in sorted(chosen))
    target.write_text(f"{{\n{lines}\n}}\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
