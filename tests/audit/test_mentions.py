"""Whom texts are about, in which variety of a language, and whether they speak up."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from gristmill.audit._dialect_markers import DIALECTS
from gristmill.audit.mentions import LANGUAGES, Mentions, lists
from gristmill.contracts.view import View
from gristmill.text.phrase_lists import MOST_IN_LIST


def measured(
    texts: list[str | None], language: str | None = "en", step: Mentions | None = None
) -> dict[str, list[Any]]:
    columns: dict[str, pa.Array] = {"text": pa.array(texts, pa.large_string())}
    if language is not None:
        columns["language"] = pa.array([language] * len(texts), pa.string())
    found = (step or Mentions()).measure(View(pa.record_batch(columns)))
    return {name: values.to_pylist() for name, values in found.items()}


@pytest.mark.parametrize(
    ("language", "text", "groups"),
    [
        ("en", "Muslims and Jewish women came; BLACK people too.", "black people,jews,muslims,women"),
        ("en", "The wall was black. People walked by.", "none"),
        ("en", "Asylum\nseekers and wheelchair-users", "disabled people,migrants"),
        ("de", "Die Geflüchteten und die JÜDISCHE Gemeinde", "jews,migrants"),
        ("fr", "L’immigré, les personnes âgées et d'autres femmes", "migrants,old people,women"),
        ("es", "Las mujeres gitanas y los solicitantes de asilo", "migrants,roma,women"),
        ("pt", "As pessoas com deficiência e os judeus", "disabled people,jews"),
        ("it", "Gli anziani e le persone trans", "old people,trans people"),
        ("ru", "Женщины и БЕЖЕНЦЫ; цыгане", "migrants,roma,women"),
        ("zh", "他们说黑人和女性应该受到尊重。", "black people,women"),
        ("ja", "高齢者とトランスジェンダーの人々", "old people,trans people"),
    ],
)
def test_groups_are_found_in_the_languages_that_have_lists(language: str, text: str, groups: str) -> None:
    assert measured([text], language)["identity_groups"] == [groups]


def test_a_word_of_another_language_is_no_mention() -> None:
    # Men is but in Swedish, and Swedish has no lists; in German it is no word at all.
    assert measured(["men det var bra"], "sv")["identity_groups"] == [None]
    assert measured(["men det var bra"], "de")["identity_groups"] == ["none"]


def test_a_text_of_unknown_language_is_looked_up_in_the_default_lists() -> None:
    assert measured(["Die Frauen"], None, Mentions(default_language="de"))["identity_groups"] == ["women"]
    assert measured(["Die Frauen"], "und")["identity_groups"] == ["none"]


DIALECT_TEXTS = {
    "African-American English": "She finna leave and ain't nobody gon stop her.",
    "Scottish English": "Och, the bairn cannae see it, and it wasnae his fault.",
    "Irish English": "The craic was mighty, and yer man is after coming home.",
    "Indian English": "He has invested two crore and some lakhs; please do the needful.",
    "Singaporean English": "Aiyah, so kiasu for what lah, the food is shiok.",
    "Nigerian English": "Abeg, no wahala, the oga dey come.",
    "Swiss German": "Die Strasse ist gross, ausserdem fährt hier das Velo.",
    "Austrian German": "Heuer gab es im Jänner schon Marillen und Topfen.",
    "Canadian French": "En fin de semaine, on va magasiner avec sa tuque.",
    "Belgian French": "Le kot coûte septante euros et il drache encore.",
    "Mexican Spanish": "Ahorita vamos a platicar, ándale, qué padre.",
    "Rioplatense Spanish": "Che, vos tenés que dejar el laburo.",
    "Brazilian Portuguese": "Você pegou o ônibus ou o trem para o banheiro?",
    "European Portuguese": "O autocarro e o comboio chegaram, diz o telemóvel.",
}


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_is_known_by_its_markers(name: str) -> None:
    found = measured([DIALECT_TEXTS[name]], DIALECTS[name].language)["dialects"]
    assert name in found[0].split(",")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The committee published its report on the state of the harbour, and nobody was surprised by it."),
        ("de", "Die Straße ist groß, und außerdem fährt hier das Fahrrad im Januar."),
        ("fr", "Le week-end, nous allons faire les magasins avec soixante-dix euros."),
        ("es", "Ahora vamos a hablar con usted de su trabajo."),
        ("pt", "A casa fica perto do rio e da ponte velha."),
    ],
)
def test_the_standard_language_is_no_dialect(language: str, text: str) -> None:
    assert measured([text], language)["dialects"] == ["none"]


def test_one_marker_decides_nothing_however_often_it_comes() -> None:
    assert measured(["a wee house, a wee dog and a wee hill"])["dialects"] == ["none"]


def test_two_markers_in_a_long_text_decide_nothing() -> None:
    text = "the bairn was dreich " + "and then it went on in the common way " * 300
    assert measured([text])["dialects"] == ["none"]
    assert measured([text[:400]])["dialects"] == ["Scottish English"]


def test_as_many_markers_are_asked_for_as_the_setting_says() -> None:
    text = "Och, the bairn cannae sleep."
    assert measured([text], step=Mentions(min_dialect_markers=3))["dialects"] == ["Scottish English"]
    assert measured([text], step=Mentions(min_dialect_markers=4))["dialects"] == ["none"]


DENOUNCED = [
    ("en", 'Whoever writes "they are vermin" is a bigot, and the post will get reported.'),
    ("en", "Saying that about your neighbours is racist. Nobody should have to hear it."),
    ("en", "There is no place for hate in this town."),
    ("de", "Wer so über Geflüchtete spricht: Das ist menschenverachtend. Kein Platz für Hass!"),
    ("fr", "Dire cela des voisins est raciste, et personne ne mérite ces mots."),
    ("es", "Decir eso de los vecinos es racista; nadie merece esas palabras."),
    ("pt", "Racismo é crime, e ninguém merece ouvir isso."),
    ("it", "Chi lo scrive è razzista: nessuno merita queste parole."),
    ("ru", "Никто не заслуживает таких слов. Мы против расизма."),
    ("zh", "这是种族歧视,我们谴责这样的话。"),
    ("ja", "これは差別です。許されないことです。"),
]


@pytest.mark.parametrize(("language", "text"), DENOUNCED)
def test_who_denounces_hate_is_heard(language: str, text: str) -> None:
    assert measured([text], language)["counter_speech"][0] >= 1


@pytest.mark.parametrize(
    "text",
    [
        "All of them are vermin and should leave our country.",
        "I hate them and I hate their children.",
        "The mill stood at the end of the lane.",
        "We went to the market to buy bread.",
    ],
)
def test_hate_itself_and_talk_of_the_day_are_no_counter_speech(text: str) -> None:
    assert measured([text])["counter_speech"] == [0]


def test_the_script_is_that_of_most_letters() -> None:
    texts = ["Mill", "мельница mill", "漢字だけではない", "汉字", "1234 !?", "", "ไทย", "مطحنة", "방앗간", "ߒߞߏ"]
    expected = ["Latn", "Cyrl", "Jpan", "Hani", "Zyyy", "Zyyy", "Thai", "Arab", "Hang", "Zzzz"]
    assert measured([*texts])["script"] == expected


def test_a_missing_text_is_not_measured() -> None:
    assert measured([None]) == {name.name: [None] for name in Mentions().signals()}


def test_no_list_is_longer_than_its_bits_and_none_says_a_phrase_twice() -> None:
    for dialect in DIALECTS.values():
        markers = dialect.markers.split(", ")
        assert len(markers) == len(set(markers)) <= MOST_IN_LIST
        assert dialect.language in LANGUAGES
    assert len(lists().groups) > 10
