"""Papers in JATS: facts, sections, notes, tables, formulas, references."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from collecting import Got
from gristmill.collect.jats import Jats

META = """<journal-meta><journal-title-group><journal-title>Journal of Mills</journal-title></journal-title-group>
<issn>1234-5678</issn><publisher><publisher-name>Grain Press</publisher-name></publisher></journal-meta>
<article-meta><article-id pub-id-type="doi">10.1/mill</article-id><article-id pub-id-type="pmc">77</article-id>
<title-group><article-title>On <italic>Mills</italic></article-title></title-group>
<contrib-group>
<contrib contrib-type="author"><name><surname>Miller</surname><given-names>Ada</given-names></name></contrib>
<contrib contrib-type="author"><collab>The Grain Group</collab></contrib>
<contrib contrib-type="editor"><name><surname>No</surname><given-names>One</given-names></name></contrib>
</contrib-group>
<pub-date pub-type="ppub"><year>2021</year></pub-date>
<pub-date pub-type="epub"><day>3</day><month>2</month><year>2020</year></pub-date>
<permissions><license license-type="open-access" xlink:href="http://creativecommons.org/licenses/by/4.0/">
<license-p>Free.</license-p></license></permissions>
<abstract><p>We grind.</p></abstract><abstract abstract-type="graphical"><p>A picture.</p></abstract>
<kwd-group><kwd>mill</kwd><kwd>grain</kwd></kwd-group></article-meta>"""


def article(body: str = "", back: str = "", front: str = META, more: str = "") -> str:
    return (
        '<article article-type="research-article" xml:lang="en" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'xmlns:mml="http://www.w3.org/1998/Math/MathML">'
        f"<front>{front}</front><body>{body}</body><back>{back}</back>{more}</article>"
    )


def read(tmp_path: Path, data: str | bytes, **settings: Any) -> Got:
    (tmp_path / "a.nxml").write_bytes(data.encode() if isinstance(data, str) else data)
    return Got(Jats(paths=("a.nxml",), **settings), tmp_path)


def text(tmp_path: Path, body: str, back: str = "", **settings: Any) -> str:
    got = read(tmp_path, article(body, back, front=""), **({"form": "markdown"} | settings))
    assert not got.errors
    return str(got.column("text")[0])


def test_a_paper_has_its_title_abstract_and_facts(tmp_path: Path) -> None:
    got = read(
        tmp_path, article("<sec><title>Methods</title><p>Stones.</p></sec>", more="<sub-article/>"), form="markdown"
    )
    assert got.column("text") == ["# On Mills\n\n## Abstract\n\nWe grind.\n\n## Methods\n\nStones."]
    assert orjson.loads(str(got.column("metadata")[0])) == {
        "title": "On Mills",
        "authors": ["Ada Miller", "The Grain Group"],
        "journal": "Journal of Mills",
        "issn": "1234-5678",
        "publisher": "Grain Press",
        "doi": "10.1/mill",
        "identifier": "10.1/mill",
        "pmcid": "77",
        "date": "2020-02-03",
        "language": "en",
        "article_type": "research-article",
        "keywords": ["mill", "grain"],
        "license": "http://creativecommons.org/licenses/by/4.0/",
        "sub_articles": 1,
    }
    assert got.column("url") == ["https://doi.org/10.1/mill"]
    assert str(got.column("time")[0]) == "2020-02-03 00:00:00+00:00"


def test_sections_are_nested_and_figures_and_tables_have_their_captions(tmp_path: Path) -> None:
    body = """<sec><label>1.</label><title>Mills</title><sec><title>Water</title><p>Turns.
    <list list-type="order"><list-item><p>one</p></list-item></list></p></sec>
    <fig><label>Figure 1</label><caption><title>A wheel</title><p>It turns.</p></caption><graphic/></fig>
    <table-wrap><label>Table 1.</label><caption><p>Prices</p></caption>
    <table>
    <thead><tr><th>grain</th><th>price</th></tr></thead>
    <tbody><tr><td>rye<xref ref-type="table-fn" rid="t1"><sup>a</sup></xref></td><td>1</td></tr></tbody></table>
    <table-wrap-foot><fn id="t1"><label>a</label><p>Old rye.</p></fn></table-wrap-foot></table-wrap></sec>"""
    assert text(tmp_path, body) == (
        "## 1. Mills\n\n### Water\n\nTurns.\n\n1. one\n\nFigure 1. A wheel. It turns.\n\nTable 1. Prices\n\n"
        "| grain | price |\n| --- | --- |\n| rye[^a] | 1 |\n\n[^a]: Old rye."
    )


def test_formulas_are_tex_where_it_is_there_else_mathml_else_counted(tmp_path: Path) -> None:
    tex = "\\documentclass{x}\\begin{document}$$E = mc^2$$\\end{document}"
    mathml = "<mml:math><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math>"
    body = f"""<p>So <inline-formula>{mathml}</inline-formula> and <inline-formula><inline-graphic/></inline-formula>
    <disp-formula><label>(3)</label><alternatives><tex-math>{tex}</tex-math>{mathml}<graphic/></alternatives>
    </disp-formula><disp-formula><italic>a</italic> = <italic>b</italic><sub>0</sub><sup>−1</sup></disp-formula></p>"""
    assert text(tmp_path, body) == "So $x^2$ and\n\n$$\nE = mc^2 \\tag{3}\n$$\n\na = b₀⁻¹"
    got = read(tmp_path, article(body))
    assert orjson.loads(str(got.column("metadata")[0]))["formulas_as_pictures"] == 1


def test_citations_stay_and_references_come_by_option(tmp_path: Path) -> None:
    body = """<p>Known<sup><xref ref-type="bibr" rid="r1">1</xref>,<xref ref-type="bibr" rid="r2">2</xref></sup> and
    [<xref ref-type="bibr" rid="r1">1</xref>] and shown<xref ref-type="bibr" rid="r2"><sup>2</sup></xref>.</p>"""
    back = """<ref-list><title>Sources</title><ref id="r1"><label>1.</label><element-citation>
    <person-group><name><surname>Miller</surname><given-names>A</given-names></name></person-group><year>1999</year>
    <article-title>On rye</article-title><source>J Mills</source><volume>3</volume><issue>2</issue><fpage>7</fpage>
    <lpage>9</lpage></element-citation></ref><ref id="r2"><mixed-citation>
    <name><surname>Oat</surname></name>, <year>2001</year>. Grain.</mixed-citation></ref></ref-list>"""
    told = "Known[1,2] and [1] and shown[2]."
    assert text(tmp_path, body, back) == told
    assert text(tmp_path, body, back, references=True) == (
        f"{told}\n\n## Sources\n\n- 1. Miller A (1999). On rye. J Mills. 3(2): 7-9.\n- Oat, 2001. Grain."
    )


def test_notes_are_told_apart_and_others_are_paragraphs(tmp_path: Path) -> None:
    body = '<p>Flour<xref ref-type="fn" rid="f1"><sup>1</sup></xref> is white<fn id="f2"><p>Mostly.</p></fn>.</p>'
    back = """<ack><title>Thanks</title><p>To all.</p></ack><fn-group><fn id="f1"><label>1</label><p>Ground.</p></fn>
    <fn fn-type="conflict"><p>No conflict.</p></fn></fn-group>"""
    assert text(tmp_path, body, back) == (
        "Flour[^1] is white[^2].\n\n## Thanks\n\nTo all.\n\nNo conflict.\n\n[^2]: Mostly.\n\n[^1]: Ground."
    )


def test_each_paper_of_a_file_is_a_record(tmp_path: Path) -> None:
    got = read(tmp_path, f"<pmc-articleset>{article('<p>One.</p>', front='')}<article/>{article()}</pmc-articleset>")
    assert [str(one)[:4] for one in got.column("text")] == ["One.", "On M"]
    assert got.column("position") == [0, 2]
    assert got.errors == ["the article has no text"]


def test_each_broken_file_is_one_sentence(tmp_path: Path) -> None:
    for data, why in (
        ("<TEI/>", "the file holds no JATS article: its outermost element is <TEI>"),
        ("<article><p>cut", "the XML is broken at line 1 (no element found)"),
        (b"<article><p>\xff</p></article>", "the XML is broken at line 1 (not well-formed (invalid token))"),
        ("<article>" + "<sec>" * 300, "the XML is nested deeper than 160 elements"),
    ):
        assert read(tmp_path, data).errors == [why]
