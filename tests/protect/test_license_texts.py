"""Licences by their texts, by sentences, by metadata of packages and by policies of the user's own."""

from __future__ import annotations

import json
import time
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.protect._license_sentences import shown
from gristmill.protect._standing import Policy
from gristmill.protect.license import License
from gristmill.records.licenses.names import leading_name, named, words_of
from gristmill.records.licenses.packages import stated
from gristmill.records.licenses.table import by_text, table
from gristmill.records.licenses.words import line_words, pairs

ROOT = Path(__file__).parents[2]
APACHE = (ROOT / "LICENSE").read_text("utf-8")
MIT = """The MIT License (MIT)

Copyright (c) 2019-2024 Mill & Sons

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without
limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the
Software, and to permit persons to whom the Software is furnished to do so, subject to the following
conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions
of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED
TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL
THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF
CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER
DEALINGS IN THE SOFTWARE.
"""
NO_CONDITION = MIT.replace(", subject to the following conditions", "").replace(
    MIT[MIT.index("The above copyright") : MIT.index("THE SOFTWARE IS")], ""
)
COLUMNS = {
    "source": pa.string(),
    "url": pa.string(),
    "metadata": pa.string(),
    "text": pa.large_string(),
    "payload": pa.large_binary(),
}


def view(*records: dict[str, Any]) -> View:
    return View(pa.record_batch({n: pa.array([r.get(n) for r in records], kind) for n, kind in COLUMNS.items()}))


def signals(step: License | None = None, **record: Any) -> dict[str, Any]:
    return {name: values[0].as_py() for name, values in (step or License()).measure(view(record)).items()}


def found(**record: Any) -> tuple[str | None, float | None]:
    told = signals(**record)
    return told["license"], told["confidence"]


def commented(text: str, mark: str) -> str:
    return "".join(f"{mark} {line}\n" for line in text.splitlines())


def test_a_licence_file_is_known_by_its_text() -> None:
    assert found(source="mill/LICENSE", text=APACHE)[0] == "Apache-2.0"
    assert found(source="LICENSE", text=APACHE)[1] >= 0.98
    told = signals(source="x.jsonl", text=MIT)
    assert told["license"] == "MIT" and told["confidence"] >= 0.97 and told["attribution"] == 1
    assert told["license_evidence"].startswith("text of MIT")


@pytest.mark.parametrize(
    "changed",
    [
        MIT.upper(),
        MIT.replace(" ", "  ").replace("\n", "\r\n"),
        " ".join(line for line in MIT.splitlines() if "Mill & Sons" not in line),
        commented(MIT, " *"),
        commented(MIT, "//"),
        MIT.replace('"', "“").replace("(c)", "©"),
        MIT.replace("AUTHORS OR COPYRIGHT HOLDERS", "MILL OR ITS MILLERS"),
    ],
)
def test_case_white_space_marks_and_the_holder_do_not_matter(changed: str) -> None:
    license, sure = found(text=changed)
    assert license == "MIT" and sure >= 0.93


def test_the_words_that_a_licence_is_compared_by() -> None:
    assert line_words(b" * 1. The Licence (v2.0), ") == [b"the", b"license", b"v2", b"0"]
    assert line_words(b"# (iv) no") == [b"no"]
    assert (
        line_words(b"Copyright (c) 2020 Mill")
        == line_words(b"All rights reserved.")
        == line_words(b"// (c) Mill")
        == []
    )
    assert line_words(b"copyright license to reproduce") == [b"copyright", b"license", b"to", b"reproduce"]
    assert pairs("a mill").tolist() == pairs("A   (Mill)").tolist() != []


def test_every_licence_of_the_list_is_told_from_every_other() -> None:
    known = table()
    for k in range(0, len(known.texts), 40):
        mine = known.entries[known.bounds[k] : known.bounds[k + 1]]
        others = [
            len(set(mine.tolist()) ^ set(known.entries[known.bounds[j] : known.bounds[j + 1]].tolist()))
            for j in (k - 1, k)
        ]
        assert others[0] > 0 and others[1] == 0
    assert len(known.texts) > 600 and len(known.ids) == len(known.names) > 700


def test_relatives_are_told_apart() -> None:
    assert [one.license for one in by_text(MIT)] == ["MIT"]
    assert [one.license for one in by_text(NO_CONDITION)] == ["MIT-0"]


def test_a_licence_in_a_longer_text_counts_less_than_one_that_is_the_text() -> None:
    readme = "The mill grinds grain, and this is how it is used by all who come to it.\n" * 40
    assert found(text=readme + MIT) == ("MIT", 0.8)
    assert found(text=readme) == (None, None)
    told = signals(source="LICENSE", text=f"{MIT}\n\nBundled with it is the wheel:\n\n{APACHE}")
    assert told["license"] == "MIT" and told["confidence"] > 0.9 and told["licenses"] == 2


def test_most_of_a_licence_is_not_that_licence() -> None:
    assert by_text(MIT[: len(MIT) // 2]) == []
    assert found(source="LICENSE", text="Ask the miller.") == (None, None)


def test_the_licence_files_of_installed_packages_are_known() -> None:
    for name, license in (
        ("click", "BSD-3-Clause"),
        ("attrs", "MIT"),
        ("hypothesis", "MPL-2.0"),
        ("pygments", "BSD-2-Clause"),
    ):
        files = [
            file for file in distribution(name).files or () if ".dist-info" in str(file) and "LICENSE" in file.name
        ]
        assert [one.license for one in by_text(files[0].read_text())] == [license]


@pytest.mark.parametrize(
    ("text", "license", "sure"),
    [
        (
            "Text is licensed under the Creative Commons Attribution-ShareAlike 4.0 International License.",
            "CC-BY-SA-4.0",
            0.5,
        ),
        ("© 2020 The Mill. CC BY-NC 4.0", "CC-BY-NC-4.0", 0.4),
        (
            "The author has released this\ninto the public domain. It was placed in the public domain.",
            "LicenseRef-Public-Domain",
            0.4,
        ),
        ('# Licensed under the Apache License, Version 2.0 (the "License");\n# you may not', "Apache-2.0", 0.8),
        (
            "// This Source Code Form is subject to the terms of the Mozilla Public\n// License, v. 2.0. If",
            "MPL-2.0",
            0.8,
        ),
        (
            "# This program is free software: you can redistribute it and/or modify\n# it under the terms of the GNU"
            " General Public License as published by\n# the Free Software Foundation, either version 3 of the License,"
            " or\n# (at your option) any later version.",
            "GPL-3.0-or-later",
            0.8,
        ),
        ("Lizenziert unter CC BY-SA 3.0 DE", "CC-BY-SA-3.0", 0.5),
        (
            "disponible sous licence Creative Commons Attribution - partage dans les mêmes conditions 4.0",
            "LicenseRef-CC-BY-SA",
            0.5,
        ),
        ("License: MIT", "MIT", 0.5),
        ("It is available under the counter.", None, None),
        ("It is not licensed under the MIT License.", None, None),
        ("We discuss the MIT License and the Creative Commons.", None, None),
        ("Released under GPLv3+", "GPL-3.0-or-later", 0.5),
    ],
)
def test_sentences_are_read_and_quoted(text: str, license: str | None, sure: float | None) -> None:
    told = signals(text=text)
    assert (told["license"], told["confidence"]) == (license, sure)
    assert (told["license_evidence"] is None) == (license is None)


def test_sentences_of_pages_are_read_and_those_of_scripts_are_not() -> None:
    page = b"<p>Licensed under <a href=x>the <b>CC&nbsp;BY-SA</b></a> 4.0</p>"
    told = signals(payload=page)
    assert (told["license"], told["confidence"]) == ("CC-BY-SA-4.0", 0.5)
    assert told["license_evidence"] == 'page: "Licensed under the CC BY-SA 4.0"'
    assert signals(payload=b"<script>/* Released under the MIT license */</script><p>Grain</p>")["license"] is None
    assert shown("a<br>b &amp; <i") == "a b & "


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8"])
def test_pages_of_any_width_show_their_tags(encoding: str) -> None:
    page = '<link rel=license href="https://creativecommons.org/licenses/by/4.0/">'.encode(encoding)
    records = [{"payload": b"<p>plain</p>"}, {"payload": page}, {"payload": None}]
    assert License().measure(view(*records))["license"].to_pylist() == [None, "CC-BY-4.0", None]


@pytest.mark.parametrize(
    ("html", "license"),
    [
        ('<meta property="og:license" content="https://creativecommons.org/licenses/by-nd/4.0/">', "CC-BY-ND-4.0"),
        ('<a itemprop="license" href="https://opensource.org/license/mit">', "MIT"),
        ('<a rel="cc:license" href="https://creativecommons.org/licenses/by/2.0/">', "CC-BY-2.0"),
        ('<link property="dct:license" href="https://www.apache.org/licenses/LICENSE-2.0">', "Apache-2.0"),
    ],
)
def test_open_graph_microdata_and_rdfa_are_read(html: str, license: str) -> None:
    assert signals(payload=html.encode())["license"] == license


@pytest.mark.parametrize(
    ("name", "text", "license"),
    [
        ("a/package.json", '{"name": "mill", "license": "ISC"}', "ISC"),
        ("package.json", '{"licenses": [{"type": "MIT"}]}', "MIT"),
        ("package.json", '{"license": [', None),
        ("package.json", '["MIT"]', None),
        ("pyproject.toml", '[project]\nlicense = "MIT OR Apache-2.0"\n', "MIT OR Apache-2.0"),
        ("pyproject.toml", '[project]\nlicense = {text = "BSD-3-Clause"}\n', "BSD-3-Clause"),
        ("pyproject.toml", '[tool.poetry]\nlicense = "GPLv3"\n', "GPL-3.0-only"),
        ("pyproject.toml", "license = \n", None),
        ("Cargo.toml", '[package]\nlicense = "MIT/Apache-2.0"\n', "MIT OR Apache-2.0"),
        (
            "pom.xml",
            "<project><licenses><license><name>Apache License, Version 2.0</name></license></licenses>",
            "Apache-2.0",
        ),
        ("pom.xml", "<licenses><license><url>https://opensource.org/licenses/MIT</url></license></licenses>", "MIT"),
        ("x.dist-info/METADATA", "Name: mill\nLicense-Expression: MIT-0\n\nLicense: GPL", "MIT-0"),
        ("PKG-INFO", "Name: mill\nClassifier: License :: OSI Approved :: MIT License\n", "MIT"),
        ("notes.txt", '{"license": "ISC"}', None),
    ],
)
def test_metadata_of_packages_is_read(name: str, text: str, license: str | None) -> None:
    assert found(source=name, text=text) == (license, 0.95 if license else None)
    by_field = json.dumps({"path": name})
    assert found(source="code.jsonl", metadata=by_field, text=text)[0] == license


@pytest.mark.parametrize(
    ("value", "license"),
    [
        ("Apache License 2.0", "Apache-2.0"),
        (
            "( MIT AND GPL-2.0-or-later WITH Classpath-exception-2.0)",
            "(MIT AND GPL-2.0-or-later WITH Classpath-exception-2.0)",
        ),
        ("MIT AND BSD-3-Clause", "MIT AND BSD-3-Clause"),
        ("mit or isc", "MIT OR ISC"),
        ("Mozilla Public License 2.0 (MPL 2.0)", None),
        ("BSD License", None),
        ("MIT AND ours", None),
        ("our own terms", None),
        ("GNU General Public License v3 or later", "GPL-3.0-or-later"),
    ],
)
def test_fields_name_a_licence_and_nothing_else(value: str, license: str | None) -> None:
    assert named(value) == license


def test_a_policy_by_source_decides_and_the_first_that_fits_does() -> None:
    step = License(
        policies=[
            {"sources": "mill.example", "deny": ["CC-BY-NC-*"], "unknown": "allowed"},
            {"sources": "code/*", "allow": ["MIT", "Apache-2.0"], "unknown": "denied"},
        ]
    )
    by = '<link rel=license href="https://creativecommons.org/licenses/%s/4.0/">'
    records = [
        {"url": "https://www.mill.example/a", "payload": (by % "by-nc").encode()},
        {"url": "https://mill.example/a", "payload": (by % "by").encode()},
        {"url": "https://mill.example/a", "payload": b"<p>"},
        {"url": "https://notmill.example/a", "payload": (by % "by-nc").encode()},
        {"source": "code/a.py", "text": "# SPDX-License-Identifier: GPL-2.0-only OR MIT"},
        {"source": "code/a.py", "text": "# SPDX-License-Identifier: GPL-2.0-only AND MIT"},
        {"source": "code/b.py", "text": "import mill"},
    ]
    told = step.measure(view(*records))
    wanted = ["denied", "allowed", "allowed", None, "allowed", "denied", "denied"]
    assert told["standing"].to_pylist() == wanted
    (standing,) = broken(step.rules(), told)
    assert standing.tolist() == [one == "denied" for one in wanted]
    assert License().rules() == ()


@pytest.mark.parametrize(
    ("sources", "host", "fits"),
    [
        ("*.mill.example", "www.mill.example", True),
        ("*.Mill.example.", "a.b.mill.example", True),
        ("*.mill.example", "mill.example", False),
        ("*.mill.example", "www.mill.example.org", False),
        ("*mill.example", "windmill.example", True),
        ("*.mill.example", None, False),
    ],
)
def test_a_policy_can_be_for_hosts_of_a_pattern(sources: str, host: str | None, fits: bool) -> None:
    assert Policy(sources=sources).fits("crawl.warc", host and f"https://{host}/a", host) is fits


def test_an_unknown_licence_can_be_let_through_or_not() -> None:
    assert [Policy(unknown=one).standing(None) for one in ("allowed", "denied", "unknown")] == [
        "allowed",
        "denied",
        "unknown",
    ]
    strict = License(policies=[{}], standings=["allowed"])
    told = strict.measure(view({"text": "Grain."}))
    assert told["standing"].to_pylist() == ["unknown"] and broken(strict.rules(), told)[0].tolist() == [True]


@given(st.text(max_size=300))
def test_anything_at_all_may_stand_in_a_licence_file(text: str) -> None:
    by_text(text), named(text), leading_name(words_of(text)), shown(text)
    for name in ("package.json", "pyproject.toml", "pom.xml", "METADATA"):
        stated(name, text)
    found(source="LICENSE", text=text)


@pytest.mark.parametrize(
    "text",
    [
        "licensed under " * 60_000,
        "permission is hereby granted " * 30_000,
        "(" * 900_000,
        "<licenses><license>" * 40_000,
        "1. " * 300_000,
        MIT * 600,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.perf_counter()
    found(source="pom.xml", text=text)
    found(source="LICENSE", text=text)
    found(payload=text.encode())
    assert time.perf_counter() - began < 20
