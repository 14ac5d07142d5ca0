from __future__ import annotations

import gzip
import json
import pickle
import re
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from gristmill.clean import _trafilatura
from gristmill.clean.extract import Extract
from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.errors import MissingExtra

PAGE = """<!doctype html><html lang="en-GB"><head><title>Short | Site</title>
<meta property="og:title" content="Of mills &amp; grist">
<meta property="article:published_time" content="2024-02-29T10:00:00+01:00"></head><body>
<nav><a href="/">Home</a> <a href="/about">About the site</a></nav>
<h1>Of mills and grist</h1>
<p>A mill has two <b>stones</b>, and the upper one turns.<br>The lower does not.</p>
<ul><li>grain<li>meal<ul><li>fine</li></ul></ul>
<ol><li>pour</li><li>grind</li></ol>
<pre><code>def grind(grain):
    for kernel in grain:
        yield   kernel
</code></pre>
<table><tr><th>Grain</th><th>Meal</th></tr><tr><td>rye</td><td>dark</td></tr></table>
<p>And that is how <code>grind()</code> is done.</p>
<footer>Copyright of nobody</footer><script>var x = "<p>not text</p>";</script></body></html>"""


def view(payloads, types="text/html", texts=None):
    size = len(payloads)
    types = [types] * size if isinstance(types, str) or types is None else types
    return View(
        pa.record_batch(
            {
                "text": pa.array(texts or [None] * size, pa.large_string()),
                "payload": pa.array(payloads, pa.large_binary()),
                "content_type": pa.array(types, pa.string()),
            }
        )
    )


def texts(payloads, types="text/html", **settings):
    return Extract(**settings).edit(view(payloads, types)).text.to_pylist()


def shared(name):
    for folder in Path(__file__).resolve().parents:
        found = folder.parent / "shared" / "data" / name
        if found.exists():
            return found
    pytest.skip(f"{name} is not here")


PROSE = " ".join(
    ["The miller lifts the upper stone with a lever, so that the grain runs in between, and lets it down."] * 4
)
READABLE = {
    "gristmill": (r"- grain\n- meal\n  - fine\n", r"1\. pour\n2\. grind\n", r"\| Grain \| Meal \|\n.+\n\| rye \| dark"),
    "resiliparse": (r"• grain\n +• meal\n +• fine\n", r"1\. pour\n +2\. grind\n", r"Grain\s+Meal\nrye\s+dark"),
}


@pytest.mark.parametrize("engine", READABLE)
def test_paragraphs_lists_code_and_tables_stay_readable(engine):
    (text,) = texts([PAGE.encode()], engine=engine)
    assert text.splitlines()[0] == "Of mills and grist"
    assert "A mill has two stones, and the upper one turns.\nThe lower does not." in text
    for expected in READABLE[engine]:
        assert re.search(expected, text)
    assert "def grind(grain):\n    for kernel in grain:\n        yield   kernel\n" in text
    assert "And that is how grind() is done." in text


@pytest.mark.parametrize("engine", READABLE)
def test_navigation_footers_and_scripts_are_left_out_of_main_content(engine):
    (main,), (whole,) = texts([PAGE.encode()], engine=engine), texts([PAGE.encode()], engine=engine, main_content=False)
    assert "About the site" not in main and "Copyright" not in main
    assert "About the site" in whole and "Copyright" in whole
    assert "not text" not in main + whole


def test_title_date_and_declared_language_are_kept():
    pages = [
        PAGE,
        "<title> Only\n a title </title><p>x<time datetime='2023-01-02'>",
        "<meta name=date content='yesterday'><p>x",
        '<meta http-equiv="content-language" content="pt_BR"><p>x',
    ]
    edit = Extract().edit(view([page.encode() for page in pages]))
    assert edit.columns["title"].to_pylist() == ["Of mills & grist", "Only a title", None, None]
    assert edit.columns["date"].to_pylist() == ["2024-02-29", "2023-01-02", None, None]
    assert edit.columns["declared_language"].to_pylist() == ["en-gb", None, None, "pt-br"]
    assert set(edit.columns) == set(Extract.adds)


def test_plain_text_is_decoded_and_no_more():
    found = texts(["a <b> caf\xe9\r\nb\rc".encode("cp1252")], "Text/Plain; charset=windows-1252")
    assert found == ["a <b> café\nb\nc"]


def test_a_record_without_payload_keeps_its_text():
    edit = Extract().edit(view([None, None], None, ["as it was\n", None]))
    assert edit.text.to_pylist() == ["as it was\n", None]
    assert edit.signals["chars"].to_pylist() == [10, 0]


def test_a_batch_without_payload_columns_passes():
    batch = pa.record_batch({"text": pa.array(["kept", None], pa.string())})
    assert Extract().edit(View(batch)).text.to_pylist() == ["kept", None]


def test_an_empty_text_has_a_reason():
    step = Extract()
    article = f"<article><p>{PROSE}</p></article>"
    edit = step.edit(view([b"<html><body><script>1</script></body></html>", b"", article.encode()]))
    (mask,) = broken(step.rules(), edit.signals)
    assert [rule.reason for rule in step.rules()] == ["empty"]
    assert mask.tolist() == [True, True, False]


def test_a_page_beyond_the_bounds_fails_with_a_sentence():
    edit = Extract(max_bytes=1000).edit(view([b"<p>" + b"x" * 1000, f"<article><p>{PROSE}</p></article>".encode()]))
    assert edit.failed == {0: "The page has 1003 bytes, more than extract's max_bytes of 1000."}
    assert edit.text.to_pylist() == [None, PROSE]


BOMBS = """
import pyarrow as pa, sys
from gristmill.clean.extract import Extract
from gristmill.contracts.view import View
n = 100_000
pages = [b"<div>" * n + b"x", ("<div>" * n).encode("utf-16"), b"<article>" * n, b"<b>" * n + b"x"]
pages += [b"<table><tr><td>" * n, b"<font>x" * n, b"<ul><li>" * n, b"<a><b><i><p>" * n, b"<span>" * n]
pages += [b"<" * n, b"&" * n, b"<svg>" * n, b"<p a=b " * n]
nulls = pa.nulls(len(pages), pa.large_string())
batch = pa.record_batch({"text": nulls, "payload": pa.array(pages, pa.large_binary())})
edit = Extract(engine=sys.argv[1]).edit(View(batch))
print(sorted(edit.failed), len(edit.text))
print(edit.failed[0])
"""


@pytest.mark.parametrize("engine", ["gristmill", "resiliparse", "trafilatura"])
def test_pages_made_to_break_parsers_neither_crash_nor_hang(engine):
    if engine == "trafilatura":
        pytest.importorskip("trafilatura")
    run = subprocess.run([sys.executable, "-c", BOMBS, engine], capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr[-2000:]
    failed, sentence = run.stdout.splitlines()
    assert failed == "[0, 1, 2] 13"
    assert sentence == "The page nests elements 100000 deep, more than extract's max_depth of 1000."


def test_garbage_and_nuls_give_text_without_an_error():
    noise = np.random.default_rng(7).integers(0, 256, 20_000, np.uint8).tobytes()
    found = texts([noise, b"\0" * 1000, b"<p>a\0b</p>" * 10, b"\xff\xfe", b"<", b"<!--", b"<![CDATA["])
    assert len(found) == 7
    assert all(isinstance(text, str) for text in found)


def test_a_batch_may_be_cut_anywhere_and_rows_are_answered_in_order():
    payloads = [PAGE.encode(), None, b"<p>two</p>", b"three"]
    kept = view(payloads, "text/html", [None, "own", None, None])
    whole = Extract().edit(kept)
    parts = [Extract().edit(View(kept.batch.slice(i, 1))) for i in range(4)]
    assert pa.concat_arrays([part.text for part in parts]).equals(whole.text)
    some = Extract().edit(kept.narrowed(np.array([1, 3])))
    assert some.text.to_pylist() == [whole.text[1].as_py(), whole.text[3].as_py()]
    assert pickle.loads(pickle.dumps(Extract(engine="trafilatura"))) == Extract(engine="trafilatura")


def test_the_least_length_only_decides():
    assert Extract(min_chars=50).computing_settings() == Extract().computing_settings()


def test_trafilatura_keeps_article_text():
    pytest.importorskip("trafilatura")
    (text,) = texts([PAGE.encode()], engine="trafilatura")
    assert "A mill has two stones" in text and "    for kernel in grain:" in text and "About the site" not in text


def test_a_missing_engine_names_the_extra(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(_trafilatura, "import_module", missing)
    with pytest.raises(MissingExtra, match=r"pip install 'gristmill\[trafilatura\]'"):
        texts([b"<p>x</p>"], engine="trafilatura")


def word_f1(found: str, wanted: str) -> float:
    a, b = Counter(re.findall(r"\w+", found.lower())), Counter(re.findall(r"\w+", wanted.lower()))
    same = (a & b).total()
    return 2 * same / (a.total() + b.total()) if same else float(not a and not b)


def test_main_content_of_real_pages_is_found():
    pages, gold = {}, {}
    with tarfile.open(shared("extraction-wcxb-dev.tar.xz")) as archive:
        for member in archive:
            number = Path(member.name).name.partition(".")[0]
            if not number.isdigit() or int(number) % 12:
                continue
            data = archive.extractfile(member).read()
            if "/html/" in member.name:
                pages[number] = gzip.decompress(data)
            else:
                gold[number] = json.loads(data)["ground_truth"]["main_content"] or ""
    found = texts([pages[number] for number in gold])
    scores = [word_f1(text, gold[number]) for text, number in zip(found, gold, strict=True)]
    assert len(scores) > 100
    assert sum(scores) / len(scores) > 0.76
