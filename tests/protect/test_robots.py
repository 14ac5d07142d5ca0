"""robots.txt as RFC 9309 has it, and what its signals say of training."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from gristmill.protect._robots import Robots, matches, training_refused

TEXT = b"""# ours
User-agent: GPTBot
User-agent: CCBot
Disallow: /private/   # not this
Allow: /private/press/

User-agent: *
Disallow: /*.pdf$
Disallow: /search?
Disallow:
Content-Signal: search=yes, ai-train=no
"""


def refused(text: bytes, path: str, *agents: str) -> list[str]:
    return [agent for agent, _ in Robots(text).refusals(agents, path)]


def test_an_agent_heeds_the_group_that_names_it_and_no_other() -> None:
    assert refused(TEXT, "/private/x", "GPTBot", "CCBot", "ClaudeBot") == ["GPTBot", "CCBot"]
    assert refused(TEXT, "/a.pdf", "GPTBot", "ClaudeBot") == ["ClaudeBot"]


def test_the_longest_pattern_wins_and_of_two_as_long_the_one_that_allows() -> None:
    assert refused(TEXT, "/private/press/1", "GPTBot") == []
    assert refused(b"User-agent: *\nDisallow: /a\nAllow: /a\n", "/a", "x") == []


def test_names_are_compared_without_case_and_without_versions() -> None:
    assert refused(b"USER-AGENT: gptbot/1.2 (like others)\nDISALLOW: /\n", "/", "GPTBot") == ["GPTBot"]


def test_groups_of_one_agent_count_together() -> None:
    text = b"User-agent: a\nDisallow: /one\n\nUser-agent: b\nDisallow: /\n\nUser-agent: a\nDisallow: /two\n"
    assert [refused(text, path, "a") for path in ("/one", "/two", "/three")] == [["a"], ["a"], []]


def test_the_line_that_refuses_is_told() -> None:
    ((agent, rule),) = Robots(TEXT).refusals(["GPTBot"], "/private/x")
    assert (agent, rule.line, rule.said) == ("GPTBot", 4, "Disallow: /private/   # not this")


def test_a_file_of_anything_refuses_nothing() -> None:
    for text in (b"", b"<html><body>404</body></html>", b"\xff\xfe\x00", b"Disallow: /\n", b"User-agent\nDisallow: /"):
        assert refused(text, "/", "GPTBot") == []


def test_training_is_refused_by_content_signals_and_ai_preferences() -> None:
    assert [agent for agent, _ in Robots(TEXT).reserved(["GPTBot", "ClaudeBot"], "/")] == ["ClaudeBot"]
    text = b"User-agent: *\nContent-Usage: train-ai=n\nContent-Usage: /open/ train-ai=y\n"
    assert [bool(Robots(text).reserved(["x"], path)) for path in ("/", "/open/1")] == [True, False]
    assert training_refused("content-usage", "train-ai=n")
    assert not training_refused("content-usage", "search=n")


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/fish", "/fishheads/yummy.html", True),
        ("/fish*", "/fish.html", True),
        ("/*.php$", "/folder/filename.php", True),
        ("/*.php$", "/filename.php?parameters", False),
        ("/fish*.php", "/fishheads/catfish.php?parameters", True),
        ("*.pdf", "/a/b.pdf", True),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/a*b*c$", "/a-b-b-c", True),
        ("/a*bc$", "/abc-bd", False),
        ("/ab*b$", "/ab", False),
    ],
)
def test_patterns_fit_as_google_documents_them(pattern: str, path: str, fits: bool) -> None:
    assert matches(pattern, path) is fits


PIECES = st.lists(st.sampled_from(["a", "b", "/", "*", "é", "%41", "="]), max_size=6).map("".join)


@given(st.lists(st.tuples(st.sampled_from(["Allow", "Disallow"]), PIECES), max_size=5), PIECES)
def test_it_answers_as_protego_does(rules: list[tuple[str, str]], path: str) -> None:
    """Patterns that begin with a slash and have no query: Protego weighs a question mark in a way of its own."""
    lines = "".join(f"{verb}: /{pattern}\n" for verb, pattern in rules)
    text = f"User-agent: *\n{lines}"
    path = "/" + path.replace("*", "")
    allowed = Protego.parse(text).can_fetch(f"https://mill.example{path}", "miller")
    assert (not refused(text.encode(), path, "miller")) is allowed
