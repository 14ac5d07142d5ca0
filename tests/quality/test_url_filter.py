"""Records that go by their url, and the lists that say so."""

from __future__ import annotations

import gzip
import json
import os
import pickle
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gristmill
from gristmill.build.explain import explain
from gristmill.build.fingerprint import settings as all_settings
from gristmill.build.finished import Finished
from gristmill.build.lookup import find
from gristmill.build.replay import replay
from gristmill.build.run import Outcome, build
from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.document.report import write_report
from gristmill.errors import InputError, RecipeError
from gristmill.quality.url_filter import UrlFilter
from gristmill.text.url_hosts import ascii_host

LISTS = {
    "domains.txt": "# mine\n\n  Example.com \nbücher.example\nxn--strae-oqa.example\n"
    "192.0.2.7\n[2001:db8::1]\n*.wild.example\n",
    "urls.txt": "https://www.site.example/bad/\nsite.example/find?id=3\nsite.example:8080/other\nonly.example\n",
    "hard.txt": "casino\n",
    "soft.txt": "poker\nbet\nwin\n",
    "strict.txt": "pills\nxxx\n",
    "ut1/adult/domains": "adult.example\r\nnot a domain\n",
    "ut1/adult/urls": "mixed.example/adult\n",
    "ut1/adult/expressions": "safe.example\n",
    "ut1/phishing/domains": "phish.example\n",
}
ALL: dict[str, Any] = {
    "domains": ("lists/domains.txt", "lists/ut1"),
    "urls": ("lists/urls.txt", "lists/ut1"),
    "hard_words": ("lists/hard.txt",),
    "soft_words": ("lists/soft.txt",),
    "subwords": ("lists/strict.txt",),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with lists of every kind."""
    for name, text in LISTS.items():
        path = tmp_path / "lists" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def measured(step: UrlFilter, *urls: str | None) -> list[dict[str, Any]]:
    signals = step.measure(View(pa.record_batch({"url": pa.array(urls, pa.string())})))
    return [{name: values[row].as_py() for name, values in signals.items()} for row in range(len(urls))]


def reasons(step: UrlFilter, url: str) -> list[str]:
    signals = step.measure(View(pa.record_batch({"url": pa.array([url])})))
    masks = broken(step.rules(), signals)
    return [rule.reason for rule, mask in zip(step.rules(), masks, strict=True) if mask[0]]


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://example.com/", ["listed_domain"]),
        ("http://user:pass@www.EXAMPLE.com.:8080/x?y#z", ["listed_domain"]),
        ("https://a.b.example.com", ["listed_domain"]),
        ("example.com/without/scheme", ["listed_domain"]),
        ("https://notexample.com/", []),
        ("https://example.com.evil.example/", []),
        ("https://fine.example/?u=https://example.com/", []),
        ("https://BÜCHER.example/", ["listed_domain"]),
        ("https://xn--bcher-kva.example/", ["listed_domain"]),
        ("https://straße.example/", ["listed_domain"]),
        ("http://192.0.2.7:80/", ["listed_domain"]),
        ("http://4.192.0.2.7/", []),
        ("http://[2001:DB8:0::1]:80/", ["listed_domain"]),
        ("https://very.wild.example/", ["listed_domain"]),
        ("https://adult.example/", ["listed_domain"]),
        ("https://safe.example/", []),
        ("http://site.example/bad", ["listed_url"]),
        ("https://www.site.example:443/bad/x#y", ["listed_url"]),
        ("https://site.example/BAD?x=1", ["listed_url"]),
        ("https://site.example/badge", []),
        ("https://sub.site.example/bad", []),
        ("https://site.example:8080/bad", []),
        ("https://site.example:8080/other/", ["listed_url"]),
        ("https://site.example/find?id=3", ["listed_url"]),
        ("https://site.example/find?id=33", []),
        ("https://only.example/any/thing", ["listed_url"]),
        ("https://below.only.example/", []),
        ("https://mixed.example/adult/1", ["listed_url"]),
        ("https://x.example/best-Casino_online", ["hard_word"]),
        ("https://x.example/casinos", []),
        ("https://x.example/poker", []),
        ("https://x.example/poker/poker/poker", []),
        ("https://poker.example/bet", ["too_many_soft_words"]),
        ("https://x.example/buypillshere", ["subword"]),
        ("https://x.example/a.pi/l-ls", ["subword"]),
        ("https://x.example/pi%20lls", []),
        (
            "https://www.example.com/bet/win/casino?xxx",
            ["listed_domain", "hard_word", "too_many_soft_words", "subword"],
        ),
        ("", []),
        ("https://", []),
        ("ü://\u0000@:[", []),
    ],
)
def test_a_url_goes_for_all_that_speaks_against_it(root: Path, url: str, wanted: list[str]) -> None:
    assert reasons(UrlFilter(**ALL).at(root), url) == wanted


PUBLISHED = [
    # url, what datatrove 0.10 says of it, and what is said here where that differs
    ("https://www.bad.org/", "domain", "listed_domain"),
    ("https://news.bad.co.uk/x", "domain", "listed_domain"),
    ("https://a.sub.fine.org/", "subdomain", "listed_domain"),
    ("https://fine.org/", None, None),
    ("https://b.a.sub.fine.org/", None, "listed_domain"),  # neither the registered domain nor the full host
    ("https://fine.org/one/page", "url", "listed_url"),
    ("http://www.fine.org/one/page/", None, "listed_url"),  # not to the letter
    ("https://fine.org/casino", "hard_blacklisted", "hard_word"),
    ("https://fine.org/Casino", None, "hard_word"),  # capitals
    ("https://fine.org/casinos", None, None),
    ("https://fine.org/poker", None, None),
    ("https://fine.org/poker-bet", "soft_blacklisted", "too_many_soft_words"),
    ("https://fine.org/bet-bet", None, None),
    ("https://fine.org/cheapPILLS", "blacklisted_subword", "subword"),
    ("https://fine.org/pi-lls", "blacklisted_subword", "subword"),
]
"""Worked out by hand from its url_filter.py, with the lists of the test below."""


@pytest.mark.parametrize(("url", "theirs", "ours"), PUBLISHED)
def test_all_that_datatrove_drops_goes(tmp_path: Path, url: str, theirs: str | None, ours: str | None) -> None:
    lists = {
        "domains": "bad.org\nbad.co.uk\na.sub.fine.org\n",
        "urls": "https://fine.org/one/page\n",
        "hard_words": "casino\n",
        "soft_words": "poker\nbet\n",
        "subwords": "pills\n",
    }
    for name, text in lists.items():
        (tmp_path / name).write_text(text)
    found = reasons(UrlFilter(**{name: (name,) for name in lists}).at(tmp_path), url)
    assert found == ([] if ours is None else [ours])
    assert theirs is None or found


def test_soft_words_are_tolerated_up_to_a_number(root: Path) -> None:
    url = "https://poker.example/bet-win"
    assert reasons(UrlFilter(soft_words=("lists/soft.txt",), max_soft_words=3).at(root), url) == []
    assert reasons(UrlFilter(soft_words=("lists/soft.txt",), max_soft_words=2).at(root), url) == ["too_many_soft_words"]


def test_it_says_what_matched_and_in_which_list(root: Path) -> None:
    step = UrlFilter(**ALL).at(root)
    urls = ("https://www.adult.example/casino", "https://fine.example/", None, "https://www.site.example/bad/pi-lls")
    one, none, missing, other = (row["matched"] for row in measured(step, *urls))
    assert one == "domain adult.example (lists/ut1/adult/domains); word casino (lists/hard.txt)"
    assert (none, missing) == (None, None)
    assert other == "url site.example/bad (lists/urls.txt); subword pills (lists/strict.txt)"


def test_what_is_said_is_short_and_printable_whatever_the_url(root: Path) -> None:
    right_to_left = "\u202e" * 80
    url = f"https://{right_to_left}.bücher.example/{'poker-bet-win-casino-xxx-' * 99}"
    (row,) = measured(UrlFilter(**ALL).at(root), url)
    assert len(row["matched"]) <= 200
    assert row["matched"].isprintable()


def test_a_record_without_a_url_is_not_measured_and_stays(root: Path) -> None:
    step = UrlFilter(**ALL).at(root)
    (row,) = measured(step, None)
    assert set(row.values()) == {None}
    signals = step.measure(View(pa.record_batch({"text": pa.array(["no column"])})))
    assert not any(mask.any() for mask in broken(step.rules(), signals))


def test_without_lists_it_has_no_rules_and_finds_nothing() -> None:
    assert UrlFilter().rules() == ()
    assert set(measured(UrlFilter(), "https://example.com/")[0].values()) == {0, None}


def test_categories_choose_among_the_folders(root: Path) -> None:
    step = UrlFilter(domains=("lists/ut1",), categories=("phishing",)).at(root)
    adult, phish = measured(step, "https://adult.example/", "https://phish.example/")
    assert (adult["domain_hits"], phish["domain_hits"]) == (0, 1)


def test_a_category_may_be_a_link_to_another_as_in_ut1(root: Path) -> None:
    (root / "lists" / "ut1" / "porn").symlink_to("adult")
    (root / "lists" / "ut1" / "adult" / "again").symlink_to("..")
    assert measured(UrlFilter(domains=("lists/ut1",), categories=("porn",)).at(root), "a.adult.example")[0][
        "domain_hits"
    ]
    assert UrlFilter(domains=("lists/ut1",)).at(root).faults() == {}


def test_bytes_that_are_no_text_harm_nothing(root: Path) -> None:
    (root / "lists" / "domains.txt").write_bytes(b"\xef\xbb\xbffirst.example\n\xff\xfe.example\nlast.example")
    step = UrlFilter(domains=("lists/domains.txt",)).at(root)
    assert [row["domain_hits"] for row in measured(step, "first.example", "last.example", "x.example")] == [1, 1, 0]


@pytest.mark.parametrize(
    ("host", "coded"),
    [
        ("Bücher.Example", "xn--bcher-kva.example"),
        ("faß.de", "xn--fa-hia.de"),
        ("ＡＢＣ。例え", "abc.xn--r8jz45g"),
        ("[2001:0DB8:0:0::1]", "[2001:db8::1]"),
        ("[x", "[x"),
        ("ü" * 254, "ü" * 254),
    ],
)
def test_hosts_of_any_script_have_one_spelling(host: str, coded: str) -> None:
    assert ascii_host(host) == coded


@settings(deadline=None)
@given(st.lists(st.text(max_size=40) | st.text("aä.[]:/@?#", max_size=40).map("http://{}".format), max_size=5))
def test_no_url_makes_it_raise(urls: list[str]) -> None:
    assert len(measured(UrlFilter(), *urls)) == len(urls)


# Public lists

PUBLIC = {
    "hosts": (
        "# Title: a hosts file\n127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\n255.255.255.255\tbroadcasthost\n"
        "0.0.0.0 0.0.0.0\n0.0.0.0 one.example\t two.example # both bad\n::1 three.example\n",
        {"one.example", "two.example", "three.example"},
    ),
    "adblock": (
        "[Adblock Plus 2.0]\n! Title: bad\n||one.example^\n||two.example^$all\n||three.example^$third-party\n"
        "@@||four.example^\nfive.example##.banner\n||six.example/ad^$script\n||seven.example\n",
        {"one.example", "two.example", "seven.example"},
    ),
    "dnsmasq": (
        "# dnsmasq\naddress=/one.example/two.example/0.0.0.0\nlocal=/three.example/\nserver=/four.example/\n"
        "address=/#/::\n",
        {"one.example", "two.example", "three.example", "four.example"},
    ),
    "unbound": (
        'server:\n  local-zone: "one.example" always_nxdomain\n  local-zone: two.example. static\n'
        '  local-data: "three.example A 0.0.0.0"\n',
        {"one.example", "two.example", "three.example"},
    ),
    "plain": (
        "! a comment\none.example # why\n.two.example\n*.three.example\n192.0.2.7\n[2001:db8::1]\n",
        {"one.example", "two.example", "three.example", "192.0.2.7", "[2001:db8::1]"},
    ),
}
HOSTS = [f"{name}.example" for name in ("one", "two", "three", "four", "five", "six", "seven", "localhost")]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
@pytest.mark.parametrize("form", PUBLIC)
def test_public_lists_of_domains_are_read_as_they_are(tmp_path: Path, form: str, packed: bool) -> None:
    text, wanted = PUBLIC[form]
    data = text.encode()
    # The two halves are members of their own, as where files were joined.
    (tmp_path / "list").write_bytes(gzip.compress(data[:30]) + gzip.compress(data[30:]) if packed else data)
    step = UrlFilter(domains=("list",)).at(tmp_path)
    assert step.faults() == {}
    hosts = [*HOSTS, "192.0.2.7", "[2001:db8::1]", "0.0.0.0", "localhost"]
    rows = measured(step, *(f"http://{host}/x" for host in hosts))
    assert {host for host, row in zip(hosts, rows, strict=True) if row["domain_hits"]} == wanted


def test_public_lists_of_urls_are_read_as_they_are(tmp_path: Path) -> None:
    lists = {
        "openphish.txt": "https://one.example/login\nhttp://192.0.2.9:8080/i\n",
        "urlhaus.csv": "# id,dateadded,url,url_status\r\n"
        '"7","2024-01-01 00:00:00","http://two.example/a,b.exe","online","malware_download","x"\r\n',
        "phishtank.csv": "phish_id,url,phish_detail_url\n8,https://three.example/x,http://fine.example/8\n",
        "filter.txt": "! urls\n||four.example/bad.exe^$all\n",
    }
    for name, text in lists.items():
        (tmp_path / name).write_text(text)
    step = UrlFilter(urls=tuple(lists)).at(tmp_path)
    assert step.faults() == {}
    urls = ["https://one.example/login/", "http://192.0.2.9:8080/i", "http://two.example/a,b.exe"]
    urls += ["https://three.example/x?y", "http://four.example/bad.exe", "http://fine.example/8", "http://two.example/"]
    found = [(row["url_hits"], row["category"]) for row in measured(step, *urls)]
    assert found == [
        *((1, "openphish"), (1, "openphish"), (1, "urlhaus.csv"), (1, "phishtank.csv"), (1, "filter"), (0, None)),
        (0, None),
    ]


def test_the_category_of_a_file_in_a_folder_is_the_folder(root: Path) -> None:
    (root / "lists" / "ut1" / "gambling").mkdir()
    (root / "lists" / "ut1" / "gambling" / "domains.gz").write_bytes(gzip.compress(b"0.0.0.0 bets.example\n"))
    rows = measured(UrlFilter(**ALL).at(root), "bets.example", "phish.example", "x.example/casino", "x.example")
    assert [row["category"] for row in rows] == ["gambling", "phishing", "hard", None]
    assert rows[0]["matched"] == "domain bets.example (lists/ut1/gambling/domains.gz)"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"one.example\n\nnot a domain\n", "line 3: 'not a domain' is no domain"),
        (b"one.example\n|http://two.example|\n", "line 2: '|http://two.example|' is in no format of a blocklist"),
        (b'"1","2024","x"\n', 'line 1: \'"1","2024","x"\' is in no format of a blocklist'),
        (b"address=/one.example\n", "line 1: 'address=/one.example' is in no format of a blocklist"),
        (b"||one.example/x^\n", "line 1: 'one.example/x' is no domain"),
        (gzip.compress(b"one.example\n" * 99)[:-9], "is compressed by gzip and ends too soon"),
        (b"\x1f\x8bnonsense that is long enough", "is compressed by gzip and broken"),
        (b"! only\n@@||comments.example^\n", "has no entry: every line is blank or a comment"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_with_its_number(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "list").write_bytes(data)
    assert said in UrlFilter(domains=("list",)).at(tmp_path).faults()["domains"]


# Recipes

RECIPE = """\
name: out
inputs:
  - jsonl: in.jsonl
steps:
  - url_filter:
      domains: [lists/domains.txt, lists/ut1]
      hard_words: [lists/hard.txt]
outputs:
  - jsonl
"""


def faults(text: str, root: Path) -> list[tuple[int | None, str]]:
    with pytest.raises(RecipeError) as caught:
        gristmill.loads(text, "r.yaml", root)
    return [(fault.place.line if fault.place else None, fault.message) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("hard.txt", "hrad.txt", 7, "hard_words of url_filter: lists/hrad.txt: there is no such file or folder in "),
        ("lists/ut1", "lists/ut2", 6, "domains of url_filter: lists/ut2: there is no such file or folder in "),
        ("hard.txt", "ut1", 7, "hard_words of url_filter: lists/ut1: is a folder; words are read from files"),
        ("hard.txt", "empty.txt", 7, "lists/empty.txt: has no entry: every line is blank or a comment"),
        ("hard.txt", "other.txt", 7, "lists/other.txt, line 2: '\\u0432' has no ASCII letter or digit"),
        ("lists/ut1", "lists/urls.txt", 6, "lists/urls.txt, line 1: 'https://www.site.example/bad/' is no domain"),
        ("lists/ut1", "lists/none", 6, "domains of url_filter: lists/none: has no file called 'domains' in it"),
        ("hard_words: [lists/hard.txt]", "categories: [phising]", 7, "did you mean 'phishing'?"),
    ],
)
def test_a_list_that_cannot_serve_is_refused_with_its_line(
    root: Path, old: str, new: str, line: int, message: str
) -> None:
    (root / "lists" / "empty.txt").write_text("# nothing yet\n\n")
    (root / "lists" / "other.txt").write_text("ok\nв\n")
    (root / "lists" / "none").mkdir()
    ((at, said),) = faults(RECIPE.replace(old, new), root)
    assert at == line
    assert message in said


def test_a_list_that_may_not_be_read_is_refused(root: Path) -> None:
    os.mkfifo(root / "lists" / "pipe")
    ((_, said),) = faults(RECIPE.replace("hard.txt", "pipe"), root)
    assert "lists/pipe: is no file that can be read twice" in said


def test_steps_are_equal_whichever_folder_they_are_used_in(root: Path) -> None:
    loaded = gristmill.loads(RECIPE, root=root).steps[0].step
    made = UrlFilter(domains=("lists/domains.txt", "lists/ut1"), hard_words=("lists/hard.txt",))
    assert loaded == made
    assert hash(loaded) == hash(made)
    assert loaded != UrlFilter(domains=("lists/domains.txt",))
    assert loaded.model_dump() == made.model_dump()


def test_a_located_step_finds_its_lists_after_pickling(root: Path) -> None:
    step = pickle.loads(pickle.dumps(UrlFilter(**ALL).at(root)))
    assert measured(step, "https://example.com/")[0]["domain_hits"] == 1


def test_the_digest_of_every_list_is_in_the_settings(root: Path) -> None:
    step = UrlFilter(**ALL).at(root)
    before = all_settings(step)["files"]
    assert set(before) == {f"lists/{name}" for name in LISTS if not name.endswith("expressions")}
    (root / "lists" / "hard.txt").write_text("roulette\n")
    after = all_settings(step)["files"]
    assert {name for name in before if before[name] != after[name]} == {"lists/hard.txt"}
    assert measured(step, "https://x.example/roulette")[0]["hard_words"] == 1


def test_a_list_that_changes_while_a_build_runs_is_not_read(root: Path) -> None:
    step = UrlFilter(hard_words=("lists/hard.txt",)).at(root)
    step.computing_settings()  # the build begins
    worker = pickle.loads(pickle.dumps(step))
    (root / "lists" / "hard.txt").write_text("something else\n")
    with pytest.raises(InputError, match="has changed since the build began"):
        measured(worker, "https://x.example/")


def made(root: Path, recipe: str = RECIPE) -> Outcome:
    path = root / "recipe.yaml"
    path.write_text(recipe)
    return build(gristmill.load(path), write_report, workers=1)


def fates(outcome: Outcome) -> dict[str, str]:
    records = f"{outcome.folder}/ledger/records/*.parquet"
    return dict(duckdb.sql(f"SELECT url, fate FROM '{records}'").fetchall())


@pytest.fixture
def pages(root: Path) -> Path:
    urls = ["https://www.example.com/1", "https://fine.example/2", "https://fine.example/casino"]
    rows = [{"text": f"A text at {url}.", "url": url} for url in urls]
    (root / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return root


def test_a_build_decides_anew_when_a_list_changes(pages: Path) -> None:
    first = made(pages)
    assert list(fates(first).values()) == ["dropped", "kept", "dropped"]
    assert not made(pages).fresh
    (pages / "lists" / "hard.txt").write_text("2\n")
    second = made(pages)
    assert second.fresh
    assert list(fates(second).values()) == ["dropped", "dropped", "kept"]
    digests = [outcome.manifest["steps"][0]["settings"]["files"]["lists/hard.txt"] for outcome in (first, second)]
    assert digests[0] != digests[1]


def test_explain_names_the_list_even_when_it_is_gone(pages: Path) -> None:
    outcome = made(pages)
    for path in (pages / "lists").glob("*.txt"):
        path.unlink()
    with Finished(outcome.folder) as finished:
        (hit,) = find(finished, "https://www.example.com/1")
        told = explain(finished, hit.rid, replay=replay)
    assert "domain example.com (lists/domains.txt)" in repr(told)
    assert replay(outcome.folder, told.rid, told.source, told.position) == []


def test_it_may_stand_before_pages_are_extracted(root: Path) -> None:
    (root / "crawl").mkdir()
    for name in ("bad", "good"):
        prose = f"A {name} page, and a word or two about it, as long as the content of pages is at least. " * 4
        page = f"<html><body><article><p>{prose}</p></article></body></html>"
        (root / "crawl" / f"{name}.html").write_text(page)
    (root / "lists" / "urls.txt").write_text("mill.example/bad.html\n")
    outcome = made(
        root,
        """\
name: out
inputs:
  - html: {paths: [crawl], base_url: "https://mill.example", base_path: crawl}
steps:
  - url_filter: {urls: [lists/urls.txt]}
  - extract
outputs:
  - jsonl
""",
    )
    assert fates(outcome) == {"https://mill.example/bad.html": "dropped", "https://mill.example/good.html": "kept"}
