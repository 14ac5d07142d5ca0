"""Write src/gristmill/safety/toxicity_lists.npz: hashes of the words of LDNOOBW, by language, and of slurs.

    npm pack naughty-words && tar -xzf naughty-words-*.tgz
    python tools/make_toxicity_lists.py package

The lists are those of naughty-words 1.2.0 (CC-BY 4.0, the List of Dirty, Naughty, Obscene and Otherwise Bad Words by
Shutterstock and contributors). Left out are numbers, emoji, entries of more words than are looked for, single
characters of other scripts (they are parts of many a plain word), Klingon, and those that are mostly innocent (below).
"""

from __future__ import annotations

import codecs
import json
import sys
import zipfile
from pathlib import Path

import numpy as np

from gristmill.safety._lexicon import OTHER_SCRIPTS, chains

LEFT_OUT = {
    "en": {
        "acrotomophilia", "anal", "anilingus", "anus", "arousal", "balls", "bareback", "bondage", "breasts",
        "butt", "camgirl", "domination", "dominatrix", "dommes", "double penetration", "eat my ass", "ecchi",
        "erotic", "erotism", "escort", "ethical slut", "eunuch", "fecal", "figging", "fisting", "futanari",
        "g-spot", "genitals", "grope", "group sex", "hardcore", "hentai", "homoerotic", "honkey", "hooker",
        "how to murder", "incest", "intercourse", "juggs", "kinky", "leather restraint", "lolita",
        "lovemaking", "lust", "make me come", "masturbate", "masturbating", "masturbation", "men in black",
        "menage a trois", "natural butt", "nipple", "nipples", "nude", "nudity", "octopussy", "orgasm",
        "paedophile", "panties", "panty", "pedophile", "penis", "quim", "rape", "raping", "rapist", "rectum",
        "semen", "sex", "sexual", "sexuality", "sexually", "sexy", "skeet", "sodomy", "strip club",
        "style doggy", "suck", "sucks", "suicide girls", "sultry women", "swastika", "swinger", "taste my",
        "threesome", "tied up", "tight white", "topless", "undressing", "vagina", "viagra", "vibrator",
        "violet wand", "voyeur", "vulva", "wet dream", "white power", "women rapping", "wrapping men", "xx",
        "yaoi", "yellow showers",
    },
}  # fmt: skip
"""Words of anatomy, medicine and law, and those that are mostly innocent."""

SLURS = codecs.decode(
    "avttre|avttref|avttn|avttnf|snttbg|snttbgf|snt|sntf|xvxr|xvxrf|fcvp|fcvpf|puvax|puvaxf|tbbx|tbbxf|cnxv|cnxvf|"
    "jrgonpx|jrgonpxf|gbjryurnq|gbjryurnqf|entfrnq|enturnq|enturnqf|genaal|genaavrf|qlxr|qlxrf|ergneq|ergneqf|pbba|pbbaf|"
    "qnexvr|qnexvrf|whatyr ohaal|"
    "fnaq avttre|ornare|ornaref|tlccb|tlccbf|fureznyr|furznyr|fuvggrna|orngpu|ovgpu|ovgpurf|"
    "fyhg|fyhgf|juber|juberf|phag|phagf|pevccyr|pevccyrf|zbatbybvq|fcnfgvp|fcnm|pnzry wbpxrl|cbyrfzbxre|onggl obl",
    "rot13",
).split("|")
"""Against groups; turned round by 13 letters, so that nobody reads them by accident."""


def kept(code: str, phrases: list[str]) -> list[str]:
    """The phrases of a list that are shipped."""
    wanted = [phrase for phrase in phrases if phrase.lower() not in LEFT_OUT.get(code, ())]
    single = code in OTHER_SCRIPTS
    return sorted(one for one in wanted if any(c.isalpha() for c in one) and not (single and len(one) < 2))


def main(folder: Path) -> None:
    arrays = {}
    for path in sorted(folder.glob("*.json")):
        code = path.stem.partition("-")[0]
        given = json.loads(path.read_text("utf-8"))
        if isinstance(given, list) and code != "tlh":
            found = chains(kept(code, given))
            before = arrays.get(code, np.empty(0, np.uint64)), arrays.get(f"{code}.sizes", np.empty(0, np.uint8))
            arrays[code] = np.concatenate([before[0], found.hashes])
            arrays[f"{code}.sizes"] = np.concatenate([before[1], found.sizes.astype(np.uint8)])
    slurs = chains(SLURS)
    arrays |= {"slurs": slurs.hashes, "slurs.sizes": slurs.sizes.astype(np.uint8)}
    write(Path(__file__).parents[1] / "src" / "gristmill" / "safety" / "toxicity_lists.npz", arrays)


def write(target: Path, arrays: dict[str, np.ndarray]) -> None:
    """As `np.savez_compressed`, byte for byte the same at each run."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, values in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", (2020, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as file:
                np.lib.format.write_array(file, np.asarray(values))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
