"""Encodings found out: which share of texts is decoded right, beside other detectors.

    python bench/encodings.py --flores FOLDER [--files FOLDER] [--peers PYTHON]

FOLDER of --flores holds `LANGUAGE.devtest` (FLORES-200), whose sentences are written in the old encodings of each
language, 1, 3 and 20 at a time; --files one folder an encoding, as the tests of chardet have them, which it was made
with. Right is what decodes to the same text, whatever it is called. PYTHON has charset-normalizer and faust-cchardet.
`resiliparse` is what `extract` falls back on. Seconds are of the processor.
"""

from __future__ import annotations

import argparse
import codecs
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

LANGUAGES = {
    "rus": "koi8_r cp1251 iso8859_5 cp866", "ukr": "koi8_u cp1251", "bul": "cp1251",
    "jpn": "shift_jis euc_jp iso2022_jp",
    "zho_Hans": "gb18030", "zho_Hant": "big5", "kor": "cp949", "pol": "cp1250 iso8859_2", "ces": "cp1250 iso8859_2",
    "hun": "cp1250 iso8859_2", "ron": "cp1250", "tur": "cp1254", "ell": "cp1253 iso8859_7", "heb": "cp1255",
    "tha": "cp874", "vie": "cp1258", "deu": "cp1252 cp850 mac_roman", "fra": "cp1252 cp850 mac_roman",
    "spa": "cp1252 cp850", "por": "cp1252", "lit": "cp1257", "swe": "cp1252",
}  # fmt: skip
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949", "cp51932": "euc_jp"}
Sample = tuple[str, bytes, str]


def ours() -> Callable[[bytes], str | None]:
    from gristmill.records.encoding import decoded

    return lambda data: decoded(data).encoding


def resiliparse() -> Callable[[bytes], str | None]:
    from gristmill.clean._encoding import encoding

    return lambda data: encoding(data, "text/plain")


def normalizer() -> Callable[[bytes], str | None]:
    from charset_normalizer import from_bytes

    return lambda data: getattr(from_bytes(data).best(), "encoding", None)


def faust() -> Callable[[bytes], str | None]:
    from cchardet import detect  # type: ignore[import-not-found]

    return lambda data: detect(data)["encoding"]


DETECTORS = {"gristmill": ours, "resiliparse": resiliparse, "charset-normalizer": normalizer, "faust-cchardet": faust}
OURS = ("gristmill", "resiliparse")


def sentences(folder: Path, count: int) -> Iterator[Sample]:
    for language, names in LANGUAGES.items():
        path = folder / f"{language}.devtest"
        if not path.exists():
            continue
        lines = path.read_text().splitlines()
        for name in names.split():
            for start in range(0, 400, max(count, 8)):
                data = "\n".join(lines[start : start + count]).encode(name, "ignore")
                if not (text := data.decode(name)).isascii():
                    yield name, data, text


def files(folder: Path) -> Iterator[Sample]:
    for path in sorted(folder.glob("*/*")):
        for name in (path.parent.name, path.parent.name.rpartition("-")[0]):
            try:
                codecs.lookup(name)
                yield name, path.read_bytes(), path.read_bytes().decode(WIDER.get(name.lower(), name))
                break
            except (LookupError, ValueError):
                continue


def measured(detector: str, samples: list[Sample]) -> dict[str, float | int]:
    detect = DETECTORS[detector]()
    right = 0
    begun = time.process_time()
    for _, data, text in samples:
        name = detect(data) or "ascii"
        try:
            right += data.decode(WIDER.get(name.lower(), name)).lstrip("\ufeff") == text.lstrip("\ufeff")
        except (LookupError, ValueError):
            continue
    return {"texts": len(samples), "right": round(right / len(samples), 4), "seconds": time.process_time() - begun}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flores", type=Path)
    parser.add_argument("--files", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--only", choices=list(DETECTORS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    sets = {f"{count} sentences": list(sentences(options.flores, count)) for count in (1, 3, 20) if options.flores}
    if options.files:
        sets["files"] = list(files(options.files))
    for detector in [options.only] if options.only else DETECTORS:
        if detector in OURS or options.only:
            for name, samples in sets.items():
                print(json.dumps({"detector": detector, "set": name, **measured(detector, samples)}), flush=True)
        elif options.peers:
            subprocess.run([str(options.peers), *sys.argv, "--only", detector], check=True)


if __name__ == "__main__":
    main()
