"""What `extract` keeps of a page is enough for the steps that read pages for licences and for what robots may do."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.clean.extract import Extract
from gristmill.contracts.kept_tags import KEPT, kept_tags
from gristmill.contracts.page_tags import Tag, attributes, read_tag, written
from gristmill.contracts.step import RowStep
from gristmill.contracts.view import View
from gristmill.protect.consent import Consent
from gristmill.protect.license import License
from gristmill.text.tags import LINKED_DATA, META

PAGES = [
    "<p>A page that says nothing.",
    '<link rel="license" href="https://creativecommons.org/licenses/by-sa/4.0/"><p>x',
    "<p>x<a href='http://creativecommons.org/publicdomain/zero/1.0/'>CC0</a><a rel=license href=/terms>terms</a>",
    '<meta name="DC.Rights" content="All rights reserved &amp; more"><meta itemprop=license content=mit>',
    '<script type="application/ld+json">[{"license": {"@id": "https://opensource.org/licenses/MIT"}}]</script>',
    '<script type="application/ld+json">{"license": "https://x.example/<\\/script><a>"}</script>',
    '<meta name="robots" content="noindex, NoAI"><meta name=GPTBot content=none><meta name=twitterbot content=noai>',
    "<meta name=tdm-reservation content=1><meta name=robots content='max-snippet:-1, noimageai'>",
    "<a href=https://creativecommons.org/licenses/by/4.0/>" * 3 + "<a href=//creativecommons.org/licenses/by/3.0/>",
]
SENTENCES = frozenset(("consent_evidence", "license_evidence"))


def asked(step: RowStep, **columns: Any) -> dict[str, list[Any]]:
    kinds = {"payload": pa.large_binary(), "text": pa.large_string()}
    batch = {name: pa.array(values, kinds.get(name, pa.string())) for name, values in columns.items()}
    return {name: signal.to_pylist() for name, signal in step.measure(View(pa.record_batch(batch))).items()}


def kept(pages: list[str]) -> dict[str, list[Any]]:
    payloads = pa.array([page.encode() for page in pages], pa.large_binary())
    view = View(pa.record_batch({"text": pa.nulls(len(pages), pa.large_string()), "payload": payloads}))
    found = Extract(engine="resiliparse").edit(view).columns
    return {name: found[name].to_pylist() for name in KEPT}


@pytest.mark.parametrize("step", [License(), Consent()], ids=["license", "consent"])
def test_the_same_is_said_of_a_page_and_of_what_is_kept_of_it(step: RowStep) -> None:
    before = asked(step, payload=[page.encode() for page in PAGES])
    nothing = [None] * len(PAGES)
    columns = kept(PAGES)
    assert asked(step, payload=nothing, text=[""] * len(PAGES), **columns) == before
    told = [json.dumps({name: columns[name][row] for name in KEPT}) for row in range(len(PAGES))]
    assert asked(step, text=[""] * len(PAGES), metadata=told) == before  # read again from an earlier build


def test_where_there_was_no_page_nobody_could_have_said_anything() -> None:
    found = asked(Consent(), text=["x", "y"], stated_robots=[None, ""], stated_license=[None, ""])
    assert found["noai"] == [None, 0]


def test_each_tag_is_kept_once_and_no_page_can_keep_more_than_a_bound() -> None:
    anchors = [read_tag(2, f"<a href=https://creativecommons.org/{k % 1000}>") for k in range(2000)]
    long = read_tag(META, f"<meta name=license content={'x' * 9000}>")
    license, robots = kept_tags([long, *anchors])
    assert len(license.splitlines()) == 50 and robots == ""


NAMES = st.text("abcdefghijklmnopqrstuvwxyz-:", min_size=1, max_size=8)
VALUES = st.text(max_size=20).map(lambda text: " ".join(text.split()))


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_a_tag_that_is_written_reads_as_the_same_tag(given_attributes: dict[str, str]) -> None:
    line = written(Tag(META, given_attributes))
    assert attributes(line) == given_attributes and len(line.splitlines()) == 1


@given(st.text(max_size=200))
def test_any_text_may_be_a_tag_or_linked_data(text: str) -> None:
    for kind in range(LINKED_DATA + 1):
        license, robots = kept_tags([read_tag(kind, text)])
        assert len(license.splitlines()) <= 1 and len(robots.splitlines()) <= 1
