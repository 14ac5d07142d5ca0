"""The engine gristmill of the step extract, from pages to text, Markdown and what they state of themselves."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from pydantic import ValidationError

from gristmill.clean._main_content import chosen
from gristmill.clean._page_arrays import read_arrays
from gristmill.clean.extract import Extract
from gristmill.contracts.page_tags import attributes
from gristmill.contracts.view import View

SENTENCE = "The miller lifts the upper stone with a lever, so that the grain runs in between, and lets it down again. "
HEAD = """<!doctype html><html lang="en-GB"><head><title>Of mills | Site</title>
<link rel="canonical" href="https://example.org/mills"><meta property="og:title" content="Of mills &amp; grist">
<meta property="og:site_name" content="Mills &amp; Co"><meta name="author" content="A. Miller">
<meta name="description" content="How grain is ground."><meta property="article:published_time" content="2024-02-29">
</head><body><header><nav class="menu"><ul><li><a href="/">Home</a></li><li><a href="/shop">Shop</a></li></ul></nav>
</header><main><article class="post"><h1>Of mills and grist</h1>"""
BODY = f"""<p>{SENTENCE * 3}</p><h2>How it is done</h2><p>{SENTENCE * 2}</p><blockquote><p>{SENTENCE}</p></blockquote>
<ul><li>{SENTENCE}</li><li>{SENTENCE}<ol start="3"><li>{SENTENCE}</li></ol></li></ul>
<pre><code class="language-python">def grind(grain):
    for kernel in grain:
        yield   kernel
</code></pre><table><tr><th>Grain</th><th>Meal</th></tr><tr><td></td><td>dark</td></tr></table><p>{SENTENCE * 2}</p>"""
TAIL = """</article><section class="comments" id="comments"><h3>3 comments</h3>
<p class="comment-body">What a fine mill that is, I have seen it myself, and the miller has shown me all of it.</p>
</section></main>
<footer class="footer"><a href="/imprint">Imprint</a> <a href="/privacy">Privacy</a> Copyright 2024</footer></body>"""
PAGE = HEAD + BODY + TAIL


def edit(payloads, **settings):
    step = Extract(engine="gristmill", **settings)
    columns = {"text": pa.nulls(len(payloads), pa.large_string()), "payload": pa.array(payloads, pa.large_binary())}
    return step.edit(View(pa.record_batch(columns)))


def text(page, **settings):
    return edit([page.encode()], **settings).text[0].as_py()


def test_the_content_of_an_article_is_found_and_its_navigation_left_out():
    found = text(PAGE)
    assert found.count(SENTENCE.strip()) >= 9
    assert "Shop" not in found and "Imprint" not in found


def test_markdown_has_headings_lists_quotes_tables_and_code():
    found = text(PAGE, output="markdown", main_content=False)
    assert "# Of mills and grist\n\n" in found and "\n\n## How it is done\n\n" in found
    assert f"\n\n> {SENTENCE}".rstrip() in found
    assert f"\n- {SENTENCE}\n  3. {SENTENCE}".replace(" \n", "\n").rstrip() in found
    assert "\n| Grain | Meal |\n| --- | --- |\n|  | dark |\n" in found
    assert "\n```python\ndef grind(grain):\n    for kernel in grain:\n        yield   kernel\n```\n" in found


def test_the_mark_of_a_permalink_is_no_text():
    page = "<h2>Mills<a href=#mills>¶</a></h2><dl><dt>grind()<a href=#grind>¶</a><dd>¶ is a pilcrow</dl><pre>x¶</pre>"
    assert text(page, main_content=False).split("\n\n") == ["Mills", "grind()", "¶ is a pilcrow", "x¶"]


def test_plain_text_has_no_marks_of_headings_and_code():
    found = text(PAGE, main_content=False)
    assert "#" not in found and "```" not in found and "> " not in found
    assert "def grind(grain):\n    for kernel" in found


def test_links_are_written_where_they_are_asked_for():
    page = """<p>See <a href="/a b(1)?x=1&amp;y=2">the <b>old</b> mill</a>,
    <a href=#top>the top</a>,<a href="javascript:x()"> a
    script</a> and <a href='https://x.example'> this </a>too.</p><a href=/card><h2>A card</h2><p>of two blocks</p></a>
    <ul><li>é <a href=é>é</a></ul><a href=/none></a>"""
    settings = {"output": "markdown", "main_content": False}
    assert text(page, links=True, **settings).split("\n\n") == [
        "See [the old mill](/a%20b%281%29?x=1&y=2), the top, a script and [this](https://x.example) too.",
        "## [A card](/card)",
        "of two blocks",
        "- é [é](é)",
    ]
    assert "](" not in text(page, **settings)
    with pytest.raises(ValidationError, match="links are written in Markdown alone"):
        Extract(engine="gristmill", links=True)


def test_comments_of_readers_can_be_left_out():
    assert "fine mill" in text(PAGE, main_content=False)
    assert "fine mill" not in text(PAGE, main_content=False, comments=False)


@pytest.mark.parametrize(
    "named",
    [
        "<figure><img><figcaption>{}</figcaption></figure>",
        "<div class=related-posts>{}</div>",
        "<table class=navfooter><tr><td>{}</table>",
        "<section id=comments><p>{}</section>",
    ],
)
def test_what_is_named_as_no_content_goes_where_it_is_little_and_stays_where_it_is_most(named):
    little, much = f"A small thing beside the text. {SENTENCE}", SENTENCE * 9
    arrays, taken = chosen_of(named.format(little) + f"<p>{much}")
    assert [arrays.texts()[number].strip() for number in taken] == [much.strip()]
    arrays, taken = chosen_of(named.format(much) + f"<p>{little}")
    assert len(taken) == 2


def chosen_of(page):
    arrays = read_arrays(page.encode())
    return arrays, chosen(arrays, np.full(len(arrays.blocks), 0.9), "balanced").tolist()


def test_a_page_that_shows_no_text_gives_what_its_head_says():
    shell = (
        '<meta name="description" content="A shop for &quot;mills&quot;."><body><div id="app"></div><script>1</script>'
    )
    assert text(shell) == 'A shop for "mills".'
    article = '<script type="application/ld+json">{"@graph": [{"articleBody": "The whole text."}]}</script>'
    assert text(shell + article) == "The whole text."


def test_favouring_precision_takes_no_more_than_favouring_recall():
    least, middle, most = (len(text(PAGE, favor=favor)) for favor in ("precision", "balanced", "recall"))
    assert 0 < least <= middle <= most


def test_pages_in_other_encodings_are_read():
    page = PAGE.replace("Of mills and grist", "Mühlen für Roggen").encode("cp1252")
    assert "Mühlen für Roggen" in edit([page], main_content=False).text[0].as_py()


def test_a_batch_cut_anywhere_gives_the_same():
    pages = [PAGE.encode(), b"<p>small", PAGE.replace("miller", "baker").encode(), b""]
    whole = edit(pages).text.to_pylist()
    assert whole == [edit([page]).text[0].as_py() for page in pages]


def test_what_one_engine_alone_has_is_refused_for_others():
    for settings in ({"output": "markdown"}, {"favor": "recall"}, {"links": True}, {"model": "own"}):
        with pytest.raises(ValidationError, match="of the engine gristmill alone"):
            Extract(engine="resiliparse", **settings)


def test_a_model_that_is_none_is_named(tmp_path):
    (tmp_path / "own.npz").write_bytes(b"PK not a model")
    step = Extract(engine="gristmill", model="own.npz").at(tmp_path)
    assert "no model" in step.faults()["model"]
    assert "model" in Extract(engine="gristmill", model="missing").at(tmp_path).faults()


def test_attributes_are_read_as_browsers_do():
    tag = "meta NAME=a content='x &amp; \"y\"' name=b checked / data-z = 1>"
    assert attributes(tag) == {"name": "a", "content": 'x & "y"', "checked": "", "data-z": "1"}
