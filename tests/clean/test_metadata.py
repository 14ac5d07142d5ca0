"""What pages say of themselves, in columns beside their text."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.clean._dates import day_of
from gristmill.clean._linked_data import linked_name, linked_text
from gristmill.clean._metadata import read_head
from gristmill.clean.extract import Extract
from gristmill.contracts.view import View

HEAD = """<!doctype html><html lang="en-GB"><head><title>Of mills | Site</title>
<link rel="canonical" href="/mills"><meta property="og:title" content="Of mills &amp; grist">
<meta property="og:site_name" content="Mills &amp; Co"><meta name="author" content="A. Miller">
<meta name="description" content="How grain is ground."><meta property="article:published_time" content="2024-02-29">
<meta http-equiv="Last-Modified" content="Fri, 01 Mar 2024 10:00:00 GMT">
<meta name="robots" content="index, noai"><meta name=GPTBot content=noindex><meta name=viewport content=nofollow-ish>
<link rel="license" href="https://creativecommons.org/licenses/by/4.0/" class=x></head>
<body><p>Grain is ground.<a href="https://creativecommons.org/licenses/by/4.0/" title="our licence">CC BY</a></body>"""


def columns(page: str, engine: str = "gristmill", url: str | None = None) -> dict[str, Any]:
    batch = {"text": pa.nulls(1, pa.large_string()), "payload": pa.array([page.encode()], pa.large_binary())}
    step = Extract(engine=engine, min_chars=0)
    found = step.edit(View(pa.record_batch({**batch, "url": pa.array([url], pa.string())}))).columns
    return {name: values[0].as_py() for name, values in found.items()}


@pytest.mark.parametrize("engine", ["gristmill", "resiliparse"])
def test_what_a_page_states_of_itself_is_kept_by_every_engine(engine: str) -> None:
    assert columns(HEAD, engine, "https://example.org/a/b") == {
        "title": "Of mills & grist",
        "date": "2024-02-29",
        "date_evidence": '<meta property="article:published_time" content="2024-02-29">',
        "modified": "2024-03-01",
        "modified_evidence": '<meta http-equiv="Last-Modified" content="Fri, 01 Mar 2024 10:00:00 GMT">',
        "declared_language": "en-gb",
        "author": "A. Miller",
        "site": "Mills & Co",
        "canonical_url": "https://example.org/mills",
        "description": "How grain is ground.",
        "stated_license": '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">\n'
        '<a href="https://creativecommons.org/licenses/by/4.0/">',
        "stated_robots": '<meta name="robots" content="index, noai">\n<meta name="GPTBot" content="noindex">',
    }


def test_a_page_that_states_nothing_has_nothing_but_what_nobody_said_of_its_use() -> None:
    found = columns("<p>nothing")
    assert {name for name, value in found.items() if value is not None} == {"stated_license", "stated_robots"}
    assert found["stated_license"] == found["stated_robots"] == ""


@pytest.mark.parametrize(
    ("page", "published", "modified"),
    [
        ("<p>x <time>now</time><time class=t datetime='2023-01-02T10:00'>", "2023-01-02", None),
        ("<meta name=date content=2020-02-02><time datetime=2023-01-02>", "2020-02-02", None),
        ("<meta name=date content=soon><time datetime=2023-01-02>", "2023-01-02", None),
        ("<time class=updated datetime=2023-01-02><time class=published datetime=2022-01-02>", "2022-01-02",
         "2023-01-02"),
        ("<time itemprop=dateModified datetime=2023-01-02>", None, "2023-01-02"),
        ("<time pubdate datetime=2023-01-02>", "2023-01-02", None),
        ("<meta name=citation_publication_date content=2021/3/4><meta name=citation_date content=2021/03/05>",
         "2021-03-05", None),
        ('<script type="application/ld+json">{"@graph": [{"datePublished": "2019-05-06T00:00Z", "dateModified": 1}]}'
         "</script><meta name=date content=2018-01-01>", "2019-05-06", None),
        ("<meta property=article:modified_time content=2020-01-01><meta itemprop=datePublished content=2019-01-01>",
         "2019-01-01", "2020-01-01"),
        ("<time " * 1000, None, None),
    ],
)  # fmt: skip
def test_days_are_those_of_the_surest_that_states_them(page: str, published: str | None, modified: str | None) -> None:
    found = columns(page)
    assert (found["date"], found["modified"]) == (published, modified)
    assert (found["date_evidence"] is None, found["modified_evidence"] is None) == (published is None, modified is None)


def test_the_evidence_of_a_day_is_the_tag_or_field_that_states_it() -> None:
    assert columns("<TIME class='x' pubdate DateTime=2023-01-02>")["date_evidence"] == (
        '<time class="x" pubdate="" datetime="2023-01-02">'
    )
    linked = '<script type="application/ld+json">{"dateModified": "2020-01-02T03:04:05Z"}</script>'
    assert columns(linked)["modified_evidence"] == "schema.org dateModified: 2020-01-02T03:04:05Z"


@pytest.mark.parametrize(
    ("page", "author"),
    [
        (
            "<meta name=author content='https://x.example/me'><a rel='nofollow author' href=/me>Ann Other</a>",
            "Ann Other",
        ),
        (
            '<script type="application/ld+json">{"author": [{"name": "A"}, {"name": "B"}, "A"]}</script>',
            "A, B",
        ),
        ("<a rel=author href=/me><img></a>", None),
    ],
)
def test_authors_are_names(page: str, author: str | None) -> None:
    assert columns(page)["author"] == author


@pytest.mark.parametrize(
    ("stated", "day"),
    [
        ("2024-02-29", "2024-02-29"), (" 2024-02-29T10:00:00+02:00", "2024-02-29"), ("2024/02/29", "2024-02-29"),
        ("Thu, 29 Feb 2024 10:00:00 GMT", "2024-02-29"), ("2023-02-29", None), ("29.02.2024", None),
        ("yesterday", None), ("", None), (None, None), ("Thu, 99 Feb 2024", None), ("2024", None),
    ],
)  # fmt: skip
def test_days_are_read_as_pages_write_them(stated: str | None, day: str | None) -> None:
    assert day_of(stated) == day


@given(st.text(max_size=80))
def test_anything_may_stand_where_a_day_is_stated(text: str) -> None:
    day = day_of(text)
    assert day is None or day_of(day) == day


@given(st.binary(max_size=300) | st.lists(st.sampled_from([
    b"<meta ", b"name=author ", b"content=", b'"x">', b"<time datetime=", b"2024-01-01", b"<a rel=author>", b"<", b">",
    b'<script type="application/ld+json">', b'{"author":', b"[1]", b"}", b"</script>", b"license",
    b"creativecommons.org",
]), max_size=20).map(b"".join))  # fmt: skip
def test_any_bytes_may_be_a_page(page: bytes) -> None:
    head = read_head(page.decode("utf-8", "replace").encode())
    assert "\r" not in head.license and all(line.startswith("<") for line in head.license.splitlines())


def test_linked_data_is_looked_through_as_far_as_a_bound() -> None:
    deep: Any = {"author": "x"}
    for _ in range(20):
        deep = [deep]
    assert linked_text([deep], "author") is None
    assert linked_name([[{}] * 5000 + [{"author": "late"}]], "author") is None
    assert linked_name([{"author": {"name": ["A", {"name": "B"}]}, "x": {"author": "C"}}], "author") == "C"
