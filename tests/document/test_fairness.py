"""Builds in which a filter hits a dialect: it is named, with texts; what is only chance or composition is not."""

from __future__ import annotations

import json
import random
import re
from html import unescape
from pathlib import Path

import pytest

import gristmill
import real_command
from gristmill.build.finished import Finished
from gristmill.build.run import build
from gristmill.document import fairness, findings
from gristmill.document.report import write_report
from made_build import Page, make_build

PLAIN = "the mill by the river has to be of use to all that bring their corn and have time to wait for it"
BARE = "old mill near river grinds corn while people wait outside under trees talking about weather harvest prices"
SCOTS = "aye wee bairn wasnae greetin aboot yon auld hoose doon near river cannae grind corn tae meal noo"
MARKED = PLAIN + " aye cannae bairn wee aye cannae bairn wee"
DENOUNCES = "Saying so is racist, and nobody should be called that."

RECIPE = """
name: fair
inputs:
  - jsonl: {paths: [pages.jsonl]}
steps:
{steps}  - gopher_quality: {min_words: 20}
  - exact_duplicates
outputs:
  - parquet
build: {folder}
"""


def a_text(draw: random.Random, words: str, number: int, more: str = "") -> str:
    return " ".join([*(draw.choice(words.split()) for _ in range(draw.randint(55, 90))), f"n{number}.", more]).strip()


def pages() -> list[dict[str, object]]:
    """Plain English, some of it without stop words; Scots, most of it; and both mention people and denounce hate."""
    draw = random.Random(5)
    rows: list[dict[str, object]] = []
    for number in range(600):
        scots = number % 6 == 0
        bare = draw.random() < (0.7 if scots else 0.1)
        words = (SCOTS if scots else BARE) if bare else (MARKED if scots else PLAIN)
        more = DENOUNCES if number % 4 == 1 and not bare else "Muslims and women." if number % 5 == 2 else ""
        rows.append(
            {"text": a_text(draw, words, number, more), "url": f"https://site{draw.randrange(3)}.example/{number}"}
        )
    rows[7]["text"] = "<script>alert(1)</script> " + a_text(draw, SCOTS, 7)
    return rows


def built(folder: Path, steps: str = "  - mentions\n", name: str = "out") -> Path:
    (folder / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in pages()))
    recipe = folder / f"{name}.yaml"
    recipe.write_text(RECIPE.replace("{steps}", steps).replace("{folder}", name))
    build(gristmill.load(recipe), write_report, workers=1)
    return folder / name


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("fairness"))


def section_of(root: Path) -> str:
    page = (root / "report.html").read_text("utf-8")
    return page[page.index('<section id="fairness">') : page.index('<section id="duplicates">')]


def text_of(html: str) -> str:
    return unescape(re.sub("<[^>]*>", " ", html)).replace("\N{NO-BREAK SPACE}", " ")


def test_a_rule_that_hits_a_dialect_is_named_first(finished: Path) -> None:
    with Finished(finished) as opened:
        found = findings.assess(opened).findings
    worst = found[0]
    assert (worst.dimension.key, worst.group) == ("dialect", "Scottish English")
    assert worst.unit.name == "gopher_quality: too_few_stop_words"
    assert worst.ratio > 3
    assert 1 < worst.low < worst.ratio < worst.high
    assert worst.survival < fairness.FOUR_FIFTHS


def test_the_numbers_of_a_finding_are_those_of_the_ledger(finished: Path) -> None:
    with Finished(finished) as opened:
        worst = findings.assess(opened).findings[0]
        went, came = opened.query(
            """
            SELECT count(*) FILTER (list_contains([r.reason for r in reasons], 'too_few_stop_words')), count(*)
            FROM records JOIN signals USING (rid) WHERE "mentions.dialects" = 'Scottish English'
            """
        )[0]
    assert (worst.went, worst.of) == (went, came)


def test_groups_that_go_no_more_often_are_not_named(finished: Path) -> None:
    with Finished(finished) as opened:
        found = findings.assess(opened).findings
        assert findings.assess(opened).tested["people"] > 3
    assert {finding.dimension.key for finding in found} == {"dialect"}


def test_the_section_shows_numbers_and_texts_and_no_markup_of_theirs(finished: Path) -> None:
    html = section_of(finished)
    text = text_of(html)
    assert "texts in Scottish English" in text
    assert "times as often as others of their language and length" in text
    assert "below the four-fifths rule" in text
    assert html.count('class="sample"') >= 2
    assert "cannae" in text
    assert "<script>" not in html
    for title in ("Dialects", "People who are named", "Texts that denounce hate", "Scripts", "Sources", "Domains"):
        assert f"{title}: what stays" in text
    assert "site1.example" in text


def test_the_filter_is_warned_of_in_the_report_and_on_the_terminal(finished: Path) -> None:
    sentence = "gopher_quality: too_few_stop_words removed"
    page = (finished / "report.html").read_text("utf-8")
    alerts = page[page.index('<section id="warnings">') : page.index('<section id="funnel">')]
    assert sentence in alerts
    said = real_command.build(finished.parent / "out.yaml")
    assert "this very build is finished" in said.out + said.err
    assert sentence in said.out + said.err
    assert "texts in Scottish English" in said.out + said.err


def test_without_mentions_the_section_says_what_they_would_show(tmp_path: Path) -> None:
    root = built(tmp_path, steps="")
    text = text_of(section_of(root))
    assert "The recipe has no step mentions." in text
    assert "Domains: what stays" in text
    assert "Scottish" not in text
    with Finished(root) as opened:
        assert findings.warnings(opened) == []


def test_steps_before_mentions_are_not_judged_by_them(tmp_path: Path) -> None:
    root = built(tmp_path, steps="  - c4_quality\n  - mentions\n")
    with Finished(root) as opened:
        for counted in findings.assess(opened).counted:
            steps = {unit.step.name for unit in counted.units}
            assert ("c4_quality" in steps) == (counted.dimension.family == "places")


def short_or_long(number: int, language: str, site: int, short: bool) -> Page:
    words = 10 if short else 70
    text = " ".join(["the", "and", "of", *(f"w{number}x{at}" for at in range(words))])
    return Page(text, position=number, language=language, url=f"https://site{site}.example/{number}")


def test_a_site_that_only_has_more_of_a_language_is_not_named_but_the_language_is(tmp_path: Path) -> None:
    draw = random.Random(3)
    made = []
    for number in range(1200):
        site = number % 2
        language = "fr" if draw.random() < (0.85 if site else 0.15) else "en"
        made.append(short_or_long(number, language, site, draw.random() < (0.5 if language == "fr" else 0.1)))
    with Finished(make_build(tmp_path / "made", made)) as opened:
        found = findings.assess(opened).findings
    assert {(one.dimension.key, one.group) for one in found} == {("language", "fr")}
    assert all(one.ratio > 3 for one in found)


def test_languages_that_were_asked_to_go_are_not_named(tmp_path: Path) -> None:
    made = [short_or_long(number, "xx" if number % 3 == 0 else "en", 0, False) for number in range(300)]
    with Finished(make_build(tmp_path / "made", made)) as opened:
        assert opened.manifest.counts.dropped == 100
        assert findings.assess(opened).findings == ()


def test_hostile_labels_and_urls_do_no_harm(tmp_path: Path) -> None:
    made = [
        Page(
            " ".join(["the", "of", *(f"w{number}x{at}" for at in range(10 if number % 2 else 70))]),
            position=number,
            language="'); DROP TABLE records; --<script>" if number % 2 else "en",
            url=f"https://{'evil<b>' if number % 2 else 'good'}.example/'\"{number}",
        )
        for number in range(200)
    ]
    root = make_build(tmp_path / "made", made)
    html = write_report(root).read_text("utf-8")
    assert "<b>.example" not in html
    assert "DROP TABLE" in html
    assert "--<script>" not in html


def test_a_build_of_nothing_has_nothing_to_name(tmp_path: Path) -> None:
    with Finished(make_build(tmp_path / "made", [])) as opened:
        found = findings.assess(opened)
        assert (found.counted, found.findings, sum(found.tested.values())) == ((), (), 0)
        assert "no step mentions" in fairness.section(opened, {}, {}).body
