"""Rules for code: the same numbers as the peers they follow, by the languages they are about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from code_documents import documents
from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.quality.code_quality import CodeQuality

GOLDEN: dict[str, dict[str, float]] = json.loads(
    (Path(__file__).parents[1] / "golden" / "code_dolma.json").read_text()
)["answers"]
FILES = documents()


def view_of(files: dict[str, str | None], **metadata: Any) -> View:
    about = [json.dumps({"path": path, **metadata}) for path in files]
    return View(pa.record_batch({"text": pa.array(files.values(), pa.large_string()), "metadata": pa.array(about)}))


@pytest.fixture(scope="module")
def view() -> View:
    return view_of(dict(FILES))


def signals(step: CodeQuality, view: View) -> dict[str, list[Any]]:
    return {name: values.to_pylist() for name, values in step.measure(view).items()}


def reasons(step: CodeQuality, files: dict[str, str | None], **metadata: Any) -> dict[str, list[str]]:
    """The reasons that each file goes for, of those that go."""
    rules = step.rules()
    masks = broken(rules, step.measure(view_of(files, **metadata)))
    found = {
        path: [rule.reason for rule, mask in zip(rules, masks, strict=True) if mask[row]]
        for row, path in enumerate(files)
    }
    return {path: why for path, why in found.items() if why}


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("mean_line_length", "avg_line_length_doc"),
        ("max_line_length", "max_line_length_doc"),
        ("alphanumeric_share", "alnum_prop_doc"),
        ("alpha_per_token", "alpha_token_prop_doc"),
        ("xml", "has_xml_template_doc"),
    ],
)
def test_lines_characters_and_headers_are_measured_as_dolma_does(name: str, theirs: str, view: View) -> None:
    variant = "starcoder" if name == "xml" else "redpajama"
    ours = dict(zip(FILES, signals(CodeQuality(variant=variant), view)[name], strict=True))
    for path, answers in GOLDEN.items():
        assert ours[path] == pytest.approx(answers[theirs]), path


def test_comments_of_java_and_javascript_are_those_of_pygments(view: View) -> None:
    ours = dict(zip(FILES, signals(CodeQuality(), view)["comment_share"], strict=True))
    for path in ("Mill.java", "mill.js", "long_line.js", "escapes.js"):
        assert ours[path] == pytest.approx(GOLDEN[path]["code_to_comment_ratio_doc"], abs=1e-9), path


def test_comments_of_python_are_near_those_of_its_own_parser_which_leaves_signs_out(view: View) -> None:
    ours = dict(zip(FILES, signals(CodeQuality(), view)["comment_share"], strict=True))
    assert ours["mill.py"] == pytest.approx(GOLDEN["mill.py"]["code_to_comment_ratio_doc"], abs=0.1)
    assert ours["broken.py"] > 0.35  # the parser gives up where there is a fault


def test_text_of_a_page_is_that_of_beautiful_soup(view: View) -> None:
    ours = dict(zip(FILES, signals(CodeQuality(), view)["visible_share"], strict=True))
    assert ours["mill.html"] == pytest.approx(GOLDEN["mill.html"]["code_to_text_ratio_html_doc"], abs=0.002)
    assert GOLDEN["empty_page.html"]["code_to_text_ratio_html_doc"] == 0.0
    why = reasons(CodeQuality(), {path: FILES[path] for path in ("mill.html", "empty_page.html")})
    assert why == {"empty_page.html": ["little_text_in_markup", "short_text_in_markup"]}


def test_starcoder2_drops_long_lines_of_code_but_not_of_markup() -> None:
    long = "word " * 400
    assert reasons(CodeQuality(), {"a.py": long, "a.md": long}) == {"a.py": ["long_lines", "long_line"]}
    assert reasons(CodeQuality(), {"b.md": "word " * 30_000}) == {"b.md": ["long_line_of_markup"]}


def test_starcoder2_bounds_the_lines_of_data_and_of_code() -> None:
    rows = '{"corn": "flour"}\n' * 513
    assert reasons(CodeQuality(), {"a.json": rows, "a.py": rows}) == {"a.json": ["many_lines_of_data"]}
    assert reasons(CodeQuality(), {"b.py": "x = y\n" * 100_001}) == {"b.py": ["many_lines"]}


def test_starcoder2_finds_data_in_code() -> None:
    why = reasons(CodeQuality(), {path: FILES[path] for path in ("base64.py", "hex.c", "escapes.js", "mill.py")})
    assert why["base64.py"] == ["encoded_data"]
    assert why["hex.c"] == ["long_lines", "long_line", "encoded_data"]
    assert why["escapes.js"] == ["long_lines", "encoded_data"]
    assert "mill.py" not in why


def test_letters_are_few_in_tensors_and_not_asked_for_in_assembly() -> None:
    numbers = "0.1 0.2 0.3\n" * 20
    assert reasons(CodeQuality(), {"a.m": numbers}, language="MATLAB") == {"a.m": ["few_letters"]}
    assert reasons(CodeQuality(), {"a.wat": numbers}, language="WebAssembly") == {}


def test_starcoder_bounds_the_size_of_json_and_drops_xml_under_other_names() -> None:
    small, template = '{"corn": "barley"}\n', FILES["template.sld"]
    why = reasons(CodeQuality(variant="starcoder"), {"a.json": small, "b.sld": template, "c.xslt": template})
    assert why == {"a.json": ["size_of_data"], "b.sld": ["xml"]}


def test_nemotron_asks_for_comments_and_ten_lines() -> None:
    body = "value = compute(other)\n" * 20
    files = {"a.py": body, "b.py": "# why\n" + body, "c.py": "# all of it\n" * 20, "d.py": "# short\nx = y\n"}
    assert reasons(CodeQuality(variant="nemotron"), files) == {
        "a.py": ["few_comments"],
        "c.py": ["many_comments"],
        "d.py": ["few_lines"],
    }


def test_redpajama_asks_for_letters_in_tokens() -> None:
    assert reasons(CodeQuality(variant="redpajama"), {"a.py": "x=1\ny=2\n" * 10}) == {"a.py": ["few_letters_per_token"]}


def test_marked_files_go_where_that_is_asked_for() -> None:
    files = {
        "vendor/a.js": "let flour = barley;\n",
        "b.min.js": "let bran = barley;\n",
        "c_pb2.py": "corn = barley\n",
        "d.py": "# Code generated by a tool. DO NOT EDIT.\ncorn = barley\n",
        "tests/e.py": "corn = barley\n",
        "f.py": "corn = barley\n",
    }
    assert reasons(CodeQuality(), files) == {}
    assert reasons(CodeQuality(drop=("vendored", "generated", "minified")), files) == {
        "vendor/a.js": ["vendored"],
        "b.min.js": ["minified"],
        "c_pb2.py": ["generated"],
        "d.py": ["generated"],
    }
    assert list(reasons(CodeQuality(drop=("test",)), files)) == ["tests/e.py"]


def test_the_metadata_of_the_stack_is_understood() -> None:
    batch = pa.record_batch({
        "text": pa.array(["int main;", "x = 1", "puts 1", "?"], pa.large_string()),
        "metadata": pa.array([
            '{"lang": "C++", "max_stars_repo_path": "a.h"}', '{"language": "python"}', '{"path": "bin/run.rb"}', "[b",
        ]),
    })  # fmt: skip
    assert CodeQuality().measure(View(batch))["programming_language"].to_pylist() == ["C++", "Python", "Ruby", None]


def test_a_bound_of_ones_own_goes_before_the_variants() -> None:
    files: dict[str, str | None] = {"a.py": "x" * 50 + "\n"}
    assert reasons(CodeQuality(), files) == {}
    assert reasons(CodeQuality(max_line_length=40), files) == {"a.py": ["long_line"]}
