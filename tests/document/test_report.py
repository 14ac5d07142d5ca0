"""The report of builds that were milled from real and from hostile pages."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gristmill.build.finished import Finished
from gristmill.document.report import LIMIT, headline, write_report
from gristmill.errors import InputError
from made_build import Page, make_build

PROSE = (
    "The mill stood at the end of the lane, and the wheel that turned beside it was older than the house. "
    "Every autumn the farmers came with their grain, and every winter the miller had time to mend what the "
    "season had worn. To watch the stones being dressed was to be taught patience, and of all the people in "
    "the village the children have remembered it best. "
)
HOSTILE = (
    "</script><script>alert(1)</script> \"'&<img src=x onerror=alert(2)> \u202egnp.exe\u202c \x00\x1b[31m ]]> <!-- "
)


def _pages() -> list[Page]:
    pages = [
        Page(
            f"{PROSE} It was the year {1900 + at}, a year of {'rain ' * (at % 7 + 1)}and of number {at * at * 7919}. "
            + " ".join(f"word{at}x{n}" for n in range(60)),
            position=at,
            url=f"https://www.site{at % 5}.example/{at}",
            time=datetime(2015 + at % 8, 3, 1, tzinfo=UTC),
            language="fr" if at % 9 == 0 else "en",
        )
        for at in range(60)
    ]
    pages += [Page(pages[at].text + " Copied.", position=100 + at) for at in range(12)]
    pages += [Page("Too short.", position=200 + at) for at in range(8)]
    pages += [Page(PROSE, position=300, language="xx")]
    pages += [Page("", position=400 + at, error=f"the archive ends at byte {at}") for at in range(4)]
    pages.append(Page(HOSTILE * 3, position=500, id=HOSTILE, url=f"http://evil.example/{HOSTILE}"))
    return pages


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_build(tmp_path_factory.mktemp("report") / "made", _pages())
    write_report(root)
    return root


@pytest.fixture(scope="module")
def page(build: Path) -> str:
    return (build / "report.html").read_text("utf-8")


class _Elements(HTMLParser):
    """Every element that a browser would see, with its attributes, and the text of scripts."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "input", "br", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        self.raw.get(inside, self.text).append(data)


def test_the_headline_says_the_build_in_a_sentence(build: Path) -> None:
    with Finished(build) as finished:
        counts = finished.manifest.counts
        said = headline(finished).replace("\N{NO-BREAK SPACE}", " ")
    share = f"{100 * counts.kept / counts.read:.1f} %"
    assert said.startswith(f"Of {counts.read} records read, {counts.kept} ({share}) were kept;")
    assert said.endswith(f"{counts.merged} merged into a twin and 4 put in quarantine.")


def test_elements_are_closed_in_order(page: str) -> None:
    assert _Elements(page).open == []


def test_the_page_asks_nothing_of_the_network(page: str) -> None:
    for tag, attributes in _Elements(page).elements:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form", "video", "audio", "use", "image"}
        assert "src" not in attributes
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        if tag == "a":
            assert (attributes["href"] or "").startswith("#")
    assert "url(" not in page
    assert "@import" not in page


def test_only_the_page_s_own_style_and_script_are_allowed(page: str) -> None:
    found = _Elements(page)
    policy = next(a["content"] for _, a in found.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for kind in ("script", "style"):
        (content,) = found.raw[kind]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_texts_of_strangers_stay_text(page: str) -> None:
    text = "".join(_Elements(page).text)
    assert "</script><script>alert(1)</script>" in text
    assert "<script>alert(1)" not in page
    assert "<img" not in page


def test_characters_that_hide_or_reorder_are_written_out(page: str) -> None:
    assert not set(page) & {"\u202e", "\u202c", "\x00", "\x1b"}
    assert '<i class="ctl">U+202E</i>' in page
    assert '<i class="ctl">U+001B</i>' in page


def test_the_same_build_gives_the_same_page(build: Path, page: str) -> None:
    assert write_report(build).read_text("utf-8") == page


def test_another_run_of_the_same_build_changes_only_how_it_went(build: Path, page: str) -> None:
    run = json.loads((build / "run.json").read_text())
    try:
        (build / "run.json").write_text(json.dumps(run | {"seconds": 99.0, "started": "2031-01-01T00:00:00Z"}))
        other = write_report(build).read_text("utf-8")
    finally:
        (build / "run.json").write_text(json.dumps(run))
    section = re.compile(r'<section id="run">.*?(?=<section id="recipe">)', re.DOTALL)
    assert other != page
    assert section.sub("", other) == section.sub("", page)


def test_a_rule_that_never_fires_is_warned_of_first(page: str) -> None:
    text = "".join(_Elements(page).text)
    assert "gopher_quality: too_many_words was broken by none of the" in text
    assert page.index('id="warnings"') < page.index('id="funnel"')


def test_rules_that_no_record_broke_are_folded_away(tmp_path: Path) -> None:
    root = make_build(tmp_path / "all", [Page("Short.", position=at) for at in range(5)])
    page = write_report(root).read_text("utf-8")
    reasons = page[page.index('id="reasons"') :]
    assert reasons.index("<b>too_few_words</b>") < reasons.index("Rules that no record broke: ")
    assert reasons.index("Rules that no record broke: ") < reasons.index("<b>too_many_words</b>")


def test_a_rule_that_always_fires_is_warned_of(tmp_path: Path) -> None:
    root = make_build(tmp_path / "all", [Page("Short.", position=at) for at in range(5)])
    text = "".join(_Elements(write_report(root).read_text("utf-8")).text)
    assert "too_few_words was broken by all 5 records that it saw" in text
    assert "No record was kept." in text


def test_every_fate_has_its_section(page: str) -> None:
    text = "".join(_Elements(page).text)
    for anchor in ("funnel", "reasons", "thresholds", "mixture", "duplicates", "quarantine", "run", "recipe"):
        assert f'<section id="{anchor}">' in page
        assert f'href="#{anchor}"' in page
    assert "Too short." in text
    assert "the archive ends at byte" in text
    assert "site1.example" in text
    assert "<del>" in page or "<ins>" in page


def test_errors_that_differ_in_numbers_alone_are_one(page: str) -> None:
    quarantine = page[page.index('<section id="quarantine">') : page.index('<section id="run">')]
    assert quarantine.count('class="error"') == 1


def test_a_page_of_huge_and_hostile_texts_stays_small(tmp_path: Path) -> None:
    pages = [
        Page(
            ("\x01\u202e<&\"'\x1b" * 20_000 + f" {at} ") * 2,
            position=at,
            id="<&\x02" * 2_000,
            url="http://x.example/" + "\u202e&" * 5_000,
            language="<\x03" * 3_000 if at % 2 else "en",
            error="\x04<'" * 4_000 + "abcdefghij"[at % 10] if at > 90 else None,
        )
        for at in range(120)
    ]
    root = make_build(tmp_path / "huge", pages)
    manifest = json.loads((root / "manifest.json").read_text())
    manifest["recipe"] = "\x05<" * 500_000
    (root / "manifest.json").write_text(json.dumps(manifest))
    assert write_report(root).stat().st_size < LIMIT


def test_a_build_of_nothing_has_a_report(tmp_path: Path) -> None:
    text = write_report(make_build(tmp_path / "empty", [])).read_text("utf-8")
    assert "No record was read." in text


def test_a_build_folder_may_look_like_a_pattern(tmp_path: Path) -> None:
    root = make_build(tmp_path / "odd [a-z]* 'folder?", _pages()[:20])
    assert "Of 20 records read" in write_report(root).read_text("utf-8")


def test_a_folder_that_is_no_build_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is no finished build, it has no manifest\.json"):
        write_report(tmp_path)
