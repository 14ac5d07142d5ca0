"""What pages and files say of their licence, found where they say it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collecting import gzipped, http_response, warc_record
from gristmill.contracts.page_tags import attributes
from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.protect.license import License
from gristmill.records.licenses.identifiers import by_header, by_name, by_url, terms
from real_command import build, build_of, built, counts, write_recipe


def view(*records: dict[str, Any]) -> View:
    columns = {"metadata": pa.string(), "text": pa.large_string(), "payload": pa.large_binary()}
    return View(pa.record_batch({n: pa.array([r.get(n) for r in records], kind) for n, kind in columns.items()}))


def signals(step: License | None = None, **record: Any) -> dict[str, Any]:
    return {name: values[0].as_py() for name, values in (step or License()).measure(view(record)).items()}


def reasons(step: License, **record: Any) -> list[str]:
    found = step.measure(view(record))
    return [rule.reason for rule, mask in zip(step.rules(), broken(step.rules(), found), strict=True) if mask[0]]


@pytest.mark.parametrize(
    ("html", "license", "confidence"),
    [
        ('<link rel="license" href="https://creativecommons.org/licenses/by-sa/4.0/">', "CC-BY-SA-4.0", 0.95),
        ('<a class=x rel="nofollow LICENSE" href="//creativecommons.org/licenses/by/3.0/de/">', "CC-BY-3.0", 0.95),
        ("<a href='http://creativecommons.org/publicdomain/zero/1.0/'>", "CC0-1.0", 0.6),
        ('<meta name="DC.Rights" content="https://www.apache.org/licenses/LICENSE-2.0.txt">', "Apache-2.0", 0.9),
        ('<meta name="license" content="cc by-nc-nd 4.0">', "CC-BY-NC-ND-4.0", 0.9),
        (
            '<script type="application/ld+json">{"@graph": [{"license": {"@id": "https://opensource.org/licenses/MIT"}}]}'
            "</script>",
            "MIT",
            0.9,
        ),
        ('<script type="application/ld+json">{"license": [}</script>', None, None),
        ('<a href="https://creativecommons.org/licenses/">about licences</a>', None, None),
        ('<a rel="license" href="https://example.org/terms">', None, None),
        ("<!-- <a rel=license href=https://creativecommons.org/licenses/by/4.0/> -->", None, None),
    ],
)
def test_pages_are_read(html: str, license: str | None, confidence: float | None) -> None:
    found = signals(payload=html.encode())
    assert (found["license"], found["confidence"]) == (license, confidence)


@pytest.mark.parametrize(
    ("metadata", "license"),
    [
        ({"license": "mit"}, "MIT"),
        ({"license": "Apache License 2.0"}, "Apache-2.0"),
        ({"license": "https://creativecommons.org/licenses/by-nc/2.5/"}, "CC-BY-NC-2.5"),
        ({"license": "our own terms"}, None),
        ({"license": ["mit"]}, None),
        ({"link": '<https://creativecommons.org/licenses/by/4.0/>; rel="license", </x>; rel=next'}, "CC-BY-4.0"),
        ({"link": "<https://creativecommons.org/licenses/by/4.0/>; rel=next"}, None),
    ],
)
def test_fields_and_headers_are_read(metadata: dict[str, Any], license: str | None) -> None:
    assert signals(metadata=json.dumps(metadata))["license"] == license


@pytest.mark.parametrize(
    ("text", "license"),
    [
        ("# SPDX-License-Identifier: MIT\nimport os\n", "MIT"),
        ("/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */\n", "(GPL-2.0-only OR MIT)"),
        ("SPDX-License-Identifier:\n", None),
        ("x" * 5000 + "SPDX-License-Identifier: MIT", None),
        ("MIT", None),
    ],
)
def test_files_are_read(text: str, license: str | None) -> None:
    assert signals(text=text)["license"] == license


def test_the_licence_of_the_repository_holds_where_the_file_says_nothing_itself() -> None:
    metadata = '{"path": "src/a.py", "repository_license": "MIT"}'
    plain = signals(metadata=metadata, text="x = 1\n")
    assert (plain["license"], plain["confidence"]) == ("MIT", 0.75)
    assert plain["license_evidence"] == "licence of the repository: MIT"
    said = signals(metadata=metadata, text="# SPDX-License-Identifier: GPL-3.0-only\nx = 1\n")
    assert (said["license"], said["licenses"]) == ("GPL-3.0-only", 2)
    choice = signals(metadata='{"repository_license": "MIT OR Apache-2.0"}', text="x = 1\n")
    assert choice["license"] == "MIT OR Apache-2.0"


def test_the_surest_statement_counts_and_says_where_it_stood() -> None:
    page = (
        b'<a href="https://creativecommons.org/licenses/by/4.0/">a picture</a>'
        b'<link rel=license href="https://creativecommons.org/licenses/by-nc-nd/4.0/">'
    )
    found = signals(payload=page)
    assert found["license"] == "CC-BY-NC-ND-4.0"
    assert found["license_evidence"] == "<link rel=license>: https://creativecommons.org/licenses/by-nc-nd/4.0/"
    assert found["licenses"] == 2
    asked = {name: found[name] for name in ("attribution", "share_alike", "noncommercial", "no_derivatives")}
    assert asked == {"attribution": 1, "share_alike": 0, "noncommercial": 1, "no_derivatives": 1}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("CC-BI-4.0", "'CC-BI-4.0' is no SPDX identifier: did you mean 'CC-BY-4.0'?"),
        ("apache-2.0", "'apache-2.0' is no SPDX identifier: did you mean 'Apache-2.0'?"),
        ("GPL-2.0", "'GPL-2.0' is no SPDX identifier: did you mean 'GPL-2.0-only'?"),
        ("MIT", None),
        ("CC-BY-NC-4.0", None),
        ("LicenseRef-Mill", None),
        ("MIT OR Apache-2.0", None),
    ],
)
def test_a_licence_that_no_record_can_have_is_a_fault_of_the_recipe(name: str, told: str | None) -> None:
    assert License(allow=[name]).faults() == ({"allow": told} if told else {})


@pytest.mark.parametrize("name", ["apache-2.0", "CC-BY-NC-*", "LLVM-exception", "licenseref-*"])
def test_a_policy_may_name_beginnings_exceptions_and_any_case(name: str) -> None:
    assert License(policies=[{"deny": [name]}]).faults() == {}
    assert list(License(policies=[{"deny": ["X" + name]}]).faults()) == ([] if "exc" in name else ["policies"])


def test_nothing_goes_unless_asked_for() -> None:
    page = b'<link rel=license href="https://creativecommons.org/licenses/by-nc/4.0/">'
    reserved = b'<meta name="copyright" content="(c) Mill 2024. All rights reserved.">'
    assert License().rules() == ()
    assert reasons(License(noncommercial="drop"), payload=page) == ["noncommercial"]
    assert reasons(License(allow=["CC0-1.0"]), payload=page) == ["license_not_allowed"]
    assert reasons(License(allow=["CC0-1.0"]), payload=b"<p>") == []
    assert reasons(License(unknown="drop"), payload=b"<p>") == ["license_unknown"]
    assert reasons(License(reserved="drop"), payload=reserved) == ["reserved"]
    assert reasons(License(min_confidence=0.99), payload=page) == ["license_unsure"]


def test_a_build_delivers_the_licence_and_decides_anew_from_what_is_stored(tmp_path: Path) -> None:
    def archived(name: str, url: str) -> bytes:
        html = f'<html><body><p>Of {name}.</p><a rel="license" href="{url}">licence</a></body></html>'
        return warc_record(http_response(html.encode()), url=f"https://{name}.example/")

    (tmp_path / "in.warc.gz").write_bytes(
        gzipped(
            archived("a", "https://creativecommons.org/licenses/by-sa/4.0/"),
            archived("b", "https://creativecommons.org/licenses/by-nc/4.0/"),
            archived("c", "https://example.org/terms"),
        )
    )
    source = "warc: {paths: [in.warc.gz]}"
    assert build_of(tmp_path, source, steps="[license, extract: {main_content: false}]").code == 0
    query = f"SELECT url, license FROM read_parquet('{built(tmp_path)}/data/*.parquet') ORDER BY url"
    assert [license for _, license in duckdb.sql(query).fetchall()] == ["CC-BY-SA-4.0", "CC-BY-NC-4.0", None]
    steps = "[license: {noncommercial: drop, unknown: drop}, extract: {main_content: false}]"
    assert build(write_recipe(tmp_path, source, steps=steps)).code == 0
    assert counts(built(tmp_path))["kept"] == 1


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://www.gnu.org/licenses/gpl-3.0.en.html", "GPL-3.0-only"),
        ("https://www.gnu.org/licenses/gpl.html", "GPL-3.0-only"),
        ("https://www.gnu.org/licenses/gpl-1.0.html", None),
        ("https://www.gnu.org/licenses/gpl-faq.html", None),
        ("https://opensource.org/licenses/MIT-0", "MIT-0"),
        ("https://opensource.org/licenses/mit-license.php", "MIT"),
        ("https://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"),
        ("https://creativecommons.org/licenses/by/9.0/", None),
    ],
)
def test_a_url_names_the_licence_that_it_is_of_and_no_other_that_begins_so(url: str, wanted: str | None) -> None:
    assert by_url(url) == wanted


@pytest.mark.parametrize(
    ("given_name", "wanted"),
    [
        ("MIT", "MIT"),
        ("CC-BY-SA 3.0", "CC-BY-SA-3.0"),
        ("GPLv3", "GPL-3.0-only"),
        ("cc-by", None),
        ("BSD", None),
        ("", None),
    ],
)
def test_names_are_known_by_their_usual_spellings(given_name: str, wanted: str | None) -> None:
    assert by_name(given_name) == wanted


def test_what_a_licence_asks_for_is_known_of_one_and_not_of_several() -> None:
    assert terms("CC0-1.0") == (False, False, False, False)
    assert terms("GPL-3.0-only") == (True, True, False, False)
    assert terms("MIT OR Apache-2.0") == (None, None, None, None)
    assert terms(None) == (None, None, None, None)


@given(st.text(max_size=200))
def test_anything_at_all_may_stand_where_a_licence_is_stated(text: str) -> None:
    by_url(text), by_name(text), by_header(text), by_header("SPDX-License-Identifier: " + text)
    attributes("<" + text + ">")
