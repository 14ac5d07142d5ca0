"""Records whose owners say no: from archived policies to the ledger."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from collecting import gzipped, http_response, page, warc_record
from gristmill.build.fingerprint import settings as all_settings
from gristmill.cli import main
from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.errors import InputError
from gristmill.protect._policies import path_of
from gristmill.protect.consent import Consent
from real_command import build, build_of, built, counts, ledger, write_recipe

ROBOTS = "User-agent: CCBot\nDisallow: /closed/\n\nUser-agent: *\nAllow: /\n"
SITES = [
    {"url": "https://robots.example/robots.txt", "time": "2025-02-03T04:05:06Z", "text": ROBOTS},
    {"url": "https://robots.example/robots.txt", "time": "2019-02-03T04:05:06Z", "text": "User-agent: *\nDisallow: /"},
    {"url": "https://signal.example/robots.txt", "text": "User-agent: *\nContent-Signal: ai-train=no\n"},
    {"url": "https://ai.example/ai.txt", "text": "User-Agent: *\nDisallow: *.html\n"},
    {
        "url": "https://tdm.example/.well-known/tdmrep.json",
        "text": json.dumps(
            [
                {"location": "/open/", "tdm-reservation": 0},
                {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://tdm.example/policy.json"},
            ]
        ),
    },
    {"url": "https://robots.example/index.html", "text": "no policy"},
]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file of policies, made as a user would, and lists of opt-outs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fetched.jsonl").write_text("".join(json.dumps(site) + "\n" for site in SITES))
    (tmp_path / "domains.txt").write_text("gone.example\n")
    (tmp_path / "urls.txt").write_text("partly.example/gone\n")
    assert main(["policies", "fetched.jsonl", "--to", "sites.policies"]) == 0
    return tmp_path


def consent(root: Path, **options: Any) -> Consent:
    lists = {"policies": ["sites.policies"], "opt_out_domains": ["domains.txt"], "opt_out_urls": ["urls.txt"]}
    return Consent(**(lists | options)).at(root)


def view(*records: dict[str, Any]) -> View:
    columns = {"url": pa.string(), "metadata": pa.string(), "payload": pa.large_binary()}
    return View(pa.record_batch({n: pa.array([r.get(n) for r in records], kind) for n, kind in columns.items()}))


def reasons(step: Consent, **record: Any) -> list[str]:
    signals = step.measure(view(record))
    return [rule.reason for rule, mask in zip(step.rules(), broken(step.rules(), signals), strict=True) if mask[0]]


def evidence(step: Consent, **record: Any) -> str | None:
    said: str | None = step.measure(view(record))["consent_evidence"][0].as_py()
    return said


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://robots.example/closed/1", ["robots_txt"]),
        ("http://ROBOTS.example:80/closed/1", ["robots_txt"]),
        ("https://robots.example/open", []),
        ("https://sub.robots.example/closed/1", []),
        ("https://signal.example/x", ["training_signal"]),
        ("https://ai.example/a.html", ["ai_txt"]),
        ("https://ai.example/a", []),
        ("https://tdm.example/x", ["tdm_reservation"]),
        ("https://tdm.example/open/x", []),
        ("https://www.gone.example/x", ["opted_out"]),
        ("https://partly.example/gone/x", ["opted_out"]),
        ("https://partly.example/x", []),
        (None, []),
        ("not a url", []),
    ],
)
def test_sites_are_heeded(root: Path, url: str | None, wanted: list[str]) -> None:
    assert reasons(consent(root), url=url) == wanted


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ('<meta name="robots" content="noai, noimageai">', ["noai", "noimageai"]),
        ("<META CONTENT=NoAI NAME=Robots>", ["noai"]),
        ('<meta name="ccbot" content="noai">', ["noai"]),
        ('<meta name="othersbot" content="noai">', []),
        ('<meta name="robots" content="noindex">', []),
        ('<meta name="tdm-reservation" content="1">', ["tdm_reservation"]),
        ('<meta name="tdm-reservation" content="0">', []),
        ("<p>&lt;meta name=robots content=noai&gt;</p><!-- <meta name=robots content=noai> -->", []),
    ],
)
def test_pages_are_heeded(root: Path, html: str, wanted: list[str]) -> None:
    assert reasons(consent(root), payload=html.encode()) == wanted


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({"x_robots_tag": "noai"}, ["noai"]),
        ({"x_robots_tag": "unavailable_after: 25 Jun 2030 15:00:00 PST, noai"}, ["noai"]),
        ({"x_robots_tag": "googlebot: noai"}, []),
        ({"x_robots_tag": "GPTBot: noai, noindex"}, ["noai"]),
        ({"tdm_reservation": "1"}, ["tdm_reservation"]),
        ({"content_usage": "search=y, train-ai=n"}, ["training_signal"]),
        ({"x_robots_tag": 5, "other": "noai"}, []),
    ],
)
def test_headers_are_heeded(root: Path, headers: dict[str, Any], wanted: list[str]) -> None:
    assert reasons(consent(root), metadata=json.dumps(headers)) == wanted


def test_what_is_obeyed_can_be_chosen_without_looking_again(root: Path) -> None:
    page = b'<meta name="robots" content="none, noai">'
    assert reasons(consent(root, obey=["noindex"]), payload=page) == ["noindex"]
    assert all_settings(consent(root, obey=["noindex"])) != all_settings(consent(root))
    assert consent(root, obey=["noindex"]).computing_settings() == consent(root).computing_settings()


def test_evidence_names_the_file_its_day_and_its_line(root: Path) -> None:
    said = evidence(consent(root), url="https://robots.example/closed/1")
    assert said == 'robots.txt of robots.example as of 2025-02-03: CCBot, line 2 "Disallow: /closed/"'
    said = evidence(consent(root), url="https://tdm.example/x")
    assert said == "tdmrep.json of tdm.example: /, policy https://tdm.example/policy.json"


def test_a_tag_that_says_two_things_is_quoted_once(root: Path) -> None:
    said = evidence(consent(root), payload=b'<meta name="robots" content="noai, noimageai">')
    assert said == '<meta name="robots" content="noai, noimageai">'


def test_what_nobody_could_have_said_is_null(root: Path) -> None:
    signals = consent(root).measure(view({"url": "https://unknown.example/"}))
    looked = {name for name, values in signals.items() if values.null_count == 0}
    assert looked == {"opted_out"}  # the lists are for every url
    signals = consent(root).measure(view({"url": "https://robots.example/", "payload": b"<p>x</p>"}))
    assert signals["robots_txt"].to_pylist() == signals["noai"].to_pylist() == [0]


def test_a_narrower_view_is_told_of_its_own_rows(root: Path) -> None:
    whole = view({"payload": b"<meta name=robots content=noai>"}, {"payload": b"<p>"}, {"payload": None})
    step = consent(root)
    assert step.measure(whole)["noai"].to_pylist() == [1, 0, None]
    assert step.measure(whole.narrowed(whole.rows[1:]))["noai"].to_pylist() == [0, None]


def test_agents_are_those_asked_for(root: Path) -> None:
    assert reasons(consent(root, agents=["GPTBot"]), url="https://robots.example/closed/1") == []


def test_a_build_drops_what_was_refused_and_keeps_the_evidence(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "in.warc.gz").write_bytes(
        gzipped(
            page("The miller grinds.", url="https://robots.example/closed/1"),
            page("The miller sleeps.", url="https://robots.example/open"),
            page("The miller dreams.", "X-Robots-Tag: noai", url="https://other.example/1"),
            page("The miller wakes.", "X-Robots-Tag: noindex", url="https://other.example/2"),
        )
    )
    steps = "[{consent: {policies: [sites.policies]}}, extract: {engine: resiliparse}]"
    assert build_of(root, "warc: {paths: [in.warc.gz]}", steps=steps, outputs="[parquet]").code == 0
    assert counts(built(root)) == {"read": 4, "kept": 2, "dropped": 2, "merged": 0, "quarantined": 0}
    kept = f"SELECT url, consent_evidence FROM read_parquet('{built(root)}/data/*.parquet') ORDER BY url"
    assert duckdb.sql(kept).fetchall() == [
        ("https://other.example/2", 'header "X-Robots-Tag: noindex"'),
        ("https://robots.example/open", None),
    ]
    assert main(["explain", str(built(root)), "https://robots.example/closed/1"]) == 0
    assert "It went before any step had made a text of it." in capsys.readouterr().out
    # Other choices are decided from what is stored: the pages are not looked at again.
    times = (root / "in.warc.gz").stat()
    (root / "in.warc.gz").write_bytes(b"\0" * times.st_size)
    os.utime(root / "in.warc.gz", ns=(times.st_atime_ns, times.st_mtime_ns))
    obey = "{obey: [robots_txt, noai, noindex], policies:"
    assert build(write_recipe(root, "warc: {paths: [in.warc.gz]}", steps=steps.replace("{policies:", obey))).code == 0
    assert counts(built(root))["kept"] == 1


def test_it_may_stand_behind_extract_which_keeps_what_pages_tell_robots(root: Path) -> None:
    refused = page('<meta name="GPTBot" content="noai"><meta name="tdm-reservation" content="1"><p>Grain.')
    (root / "in.warc").write_bytes(refused)
    assert build_of(root, "warc: {paths: [in.warc]}", steps="[extract: {main_content: false}, consent]").code == 0
    ((fate, reasons),) = ledger(built(root), "fate, reasons")
    assert fate == "dropped" and {one["reason"] for one in reasons} == {"noai", "tdm_reservation"}


def test_archives_of_robots_txt_are_taken_too(root: Path) -> None:
    robots = http_response(ROBOTS.encode(), content_type="text/plain")
    missing = http_response(b"<html>", status="404 Not Found")
    (root / "robots.warc.gz").write_bytes(
        gzipped(
            warc_record(robots, url="https://crawled.example/robots.txt"),
            warc_record(missing, url="https://absent.example/robots.txt"),
        )
    )
    assert main(["policies", "robots.warc.gz", "--to", "crawled.policies"]) == 0
    step = consent(root, policies=["crawled.policies", "sites.policies"])
    assert reasons(step, url="https://crawled.example/closed/x") == ["robots_txt"]
    assert reasons(step, url="https://robots.example/closed/x") == ["robots_txt"]
    assert step.measure(view({"url": "https://absent.example/"}))["robots_txt"].null_count == 1


def test_equal_policies_are_equal_bytes(root: Path) -> None:
    lines = (root / "fetched.jsonl").read_text().splitlines(keepends=True)
    (root / "turned.jsonl").write_text("".join(reversed(lines)))
    assert main(["policies", "turned.jsonl", "--to", "turned.policies"]) == 0
    assert (root / "turned.policies").read_bytes() == (root / "sites.policies").read_bytes()


def test_files_that_are_no_policies_are_refused_in_a_sentence(root: Path) -> None:
    assert "makes one" in consent(root, policies=["fetched.jsonl"]).faults()["policies"]
    assert "no such file" in consent(root, policies=["nowhere"]).faults()["policies"]
    with pytest.raises(InputError):
        consent(root, policies=["fetched.jsonl"]).measure(view({"url": "https://x.example/"}))


def test_a_file_that_is_there_is_not_written_over(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policies", "fetched.jsonl", "--to", "sites.policies"]) != 0
    assert "is there already" in capsys.readouterr().err
    assert main(["policies", "fetched.jsonl", "--to", "sites.policies", "--force"]) == 0
    assert main(["policies", "domains.txt", "--to", "x"]) != 0
    assert "no file of a kind that is read here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://x.example", "/"),
        ("https://x.example/a?b=/c#d", "/a?b=/c"),
        ("https://x.example?q", "/?q"),
        ("https://x.example/é", "/é"),
    ],
)
def test_paths_are_what_robots_txt_is_about(url: str, path: str) -> None:
    assert path_of(url) == path


def test_a_robots_txt_that_the_server_could_not_give_keeps_everyone_out(root: Path) -> None:
    def answered(url: str, status: int, body: bytes = b"<p>Sorry.</p>") -> bytes:
        return warc_record(http_response(body, status=f"{status} Because"), url=url)

    (root / "robots.warc").write_bytes(
        answered("https://down.example/robots.txt", 503)
        + answered("https://none.example/robots.txt", 404)
        + answered("https://back.example/robots.txt", 500)
        + answered("https://back.example/robots.txt", 200, b"User-agent: *\nAllow: /\n")
        + answered("https://other.example/ai.txt", 502)
    )
    assert main(["policies", "robots.warc", "--to", "down.policies"]) == 0
    hosts = [{"url": f"https://{name}.example/a"} for name in ("down", "none", "back", "other")]
    told = consent(root, policies=["down.policies"]).measure(view(*hosts))
    assert [count and count > 1 for count in told["robots_txt"].to_pylist()] == [True, None, 0, None]
    assert told["ai_txt"].to_pylist() == [None] * 4
    assert told["consent_evidence"][0].as_py() == "robots.txt of down.example as of 2024-05-06: unreachable, HTTP 503"
    open_minded = consent(root, policies=["down.policies"], unreachable="unknown")
    assert open_minded.measure(view(*hosts))["robots_txt"].to_pylist() == [None, None, 0, None]
