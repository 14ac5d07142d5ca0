"""Made garbage goes; languages, code, tables and formulas stay, or nothing is said of them."""

from __future__ import annotations

import codecs
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.safety.gibberish import Gibberish

DEMO = Path(__file__).parents[2] / "examples" / "demo" / "prose"
CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def view(*some: str | None) -> View:
    return View(pa.record_batch({"text": pa.array(some, pa.large_string())}))


def signals(text: str | None, step: Gibberish | None = None) -> dict[str, Any]:
    return {name: values[0].as_py() for name, values in (step or Gibberish()).measure(view(text)).items()}


def reasons(text: str) -> list[str]:
    step = Gibberish()
    found = step.measure(view(text))
    return [rule.reason for rule, mask in zip(step.rules(), broken(step.rules(), found), strict=True) if mask[0]]


def random_words(rng: random.Random, alphabet: str) -> str:
    return " ".join("".join(rng.choices(alphabet, k=rng.randrange(3, 10))) for _ in range(50))


def mashed(rng: random.Random) -> str:
    words = []
    for _ in range(40):
        row, at, word = rng.choice(ROWS), rng.randrange(7), ""
        for _ in range(rng.randrange(3, 12)):
            word += row[at % len(row)]
            at += rng.choice([-2, -1, 1, 2])
            row = rng.choice(ROWS) if rng.random() < 0.3 else row
        words.append(word)
    return " ".join(words)


@pytest.mark.parametrize("seed", range(5))
def test_random_letters_and_keyboard_mash_go(seed: int) -> None:
    rng = random.Random(seed)
    assert "unlikely_letters" in reasons(random_words(rng, "abcdefghijklmnopqrstuvwxyz"))
    assert "unlikely_letters" in reasons(random_words(rng, CYRILLIC))
    assert "unlikely_letters" in reasons(mashed(rng))


def test_enciphered_prose_goes_and_the_prose_itself_stays() -> None:
    for path in sorted(DEMO.glob("*.txt")):
        prose = path.read_text("utf-8")
        assert reasons(prose) == []
        assert "unlikely_letters" in reasons(codecs.encode(prose[:2000], "rot13"))


def test_one_character_over_and_over_goes() -> None:
    assert "low_entropy" in reasons("ha" * 300)
    assert "low_entropy" in reasons("-=" * 300)
    assert signals("aaaa")["entropy"] is None


LANGUAGES = {
    "Welsh": "Mae'r melinydd yn malu'r grawn o'r holl ffermydd o amgylch, ac nid oes neb yn talu â dim ond blawd. "
    "Llanfairpwllgwyngyll yw enw'r pentref.",
    "Polish": "Młynarz miele zboże ze wszystkich okolicznych gospodarstw, a nikt nie płaci niczym oprócz mąki. "
    "W Szczebrzeszynie chrząszcz brzmi w trzcinie.",
    "Finnish": "Mylläri jauhaa kaikkien ympäröivien tilojen viljan, eikä kukaan maksa millään muulla kuin jauhoilla.",
    "Czech": "Mlynář mele obilí ze všech statků v okolí a nikdo neplatí ničím jiným než moukou. Strč prst skrz krk.",
    "romanised Japanese": "Kono mura no konaya wa mainichi suisha de komugi o hiite, minna ni kona o watashite imasu.",
    "romanised Chinese": "Mo fang zhu ren mei tian yong shui che mo mian fen, cun li de ren dou yong mian fen fu qian.",
    "romanised Hindi": "Chakki wala har din gaon ke sabhi kisanon ka anaj peesta hai aur log aata dekar chukate hain.",
    "Swahili": "Msagaji husaga nafaka za mashamba yote ya jirani, na hakuna anayelipa kwa kitu kingine isipokuwa unga.",
    "Russian": "Мельник мелет зерно со всех окрестных ферм, и никто не платит ему ничем, кроме муки и доброго слова.",
    "Greek": "Ο μυλωνάς αλέθει το σιτάρι από όλα τα γύρω αγροκτήματα και κανείς δεν πληρώνει με τίποτα άλλο εκτός.",
    "chemistry": "The reaction of 2-methylpropan-2-ol with hydrochloric acid gives 2-chloro-2-methylpropane; "
    "tetrahydrofuran and dichloromethane dissolve polymethylmethacrylate and acetylsalicylic acid.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_stay(language: str) -> None:
    assert signals(LANGUAGES[language])["surprise"] is not None
    assert reasons(LANGUAGES[language]) == []


@pytest.mark.parametrize(
    "text",
    [
        "磨坊主磨碎了周围所有农场的谷物，除了面粉没有人用任何东西付款。" * 9,
        "เจ้าของโรงสีบดเมล็ดพืชจากฟาร์มทั้งหมดในบริเวณนั้น" * 9,
        "الطحان يطحن الحبوب من جميع المزارع المحيطة ولا أحد يدفع إلا بالدقيق " * 9,
        "xqzvkj brrrt",
        "",
        "ACGTTGCAAGCTAGCTAGGATCC" * 30,
        "\n".join(f"{n}\t{n * 7}\t{n * n}" for n in range(90)),
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 " * 9,
    ],
)
def test_nothing_is_said_of_what_cannot_be_judged(text: str) -> None:
    assert signals(text)["surprise"] is None
    assert reasons(text) == []


def test_code_stays() -> None:
    code = Path(__file__).read_text("utf-8")
    assert reasons(code) == []
    assert reasons("for (i = 0; i < n; i++) { strncpy(dst, src, sz); memcpy(ptr, buf, len); mkdir(fmt); }\n" * 20) == []


def test_words_like_none_are_a_share() -> None:
    prose = "The miller grinds grain every morning while farmers wait outside with their carts. "
    mixed = prose + "xqzjkvb wqxzrtpl vbnqxzt kjhgfdsq"
    assert signals(prose)["unlike_share"] == 0.0
    assert signals(mixed)["unlike_share"] == pytest.approx(4 / 14, abs=0.08)
