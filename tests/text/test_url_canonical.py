"""Urls in their canonical form, against the same in plain Python."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gristmill.text.url_canonical import Form, canonical_urls, form

DROPPED = ("utm_*", "gclid")
PAGES = ("index.html",)
IGNORING = form(scheme=False, www=False, slash=False, parameters=DROPPED, index_pages=PAGES)
KEEPING = form(scheme=True, www=True, slash=True, parameters=(), index_pages=())

PIECES = [
    *("http://", "HTTPS://", "httq://", "htts:\\\\", "//", "ftp://", "mailto:", ":", "://", "u:p@", "[::1]", "www."),
    "a.Example",
    *("a", "B", "é", "index.html", ":80", ":443", ":8080", "/", "//", "\\", "/.", "/..", "/%2e", "/a", "%2F", "%7e"),
    *(
        "%",
        "%4",
        "%zz",
        "%C3",
        "?",
        "&",
        "=",
        "#",
        "#!",
        "+",
        "%20",
        " ",
        "\t",
        "utm_x=1",
        "GCLID=2",
        "gclid",
        '"',
        "|",
    ),
]
URLS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)

PLAIN = set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
STANDS = PLAIN | set(b"!#$%&'()*+,/:;=?@[]")
BLANK = "".join(map(chr, range(33)))


def canonical(urls: list[str | None], wanted: Form = IGNORING) -> list[str]:
    found = canonical_urls(pa.array(["front", *urls], pa.string()).slice(1), wanted)
    return [found.data[a:b].tobytes().decode() for a, b in zip(found.offsets, found.offsets[1:], strict=False)]


def normal(text: str, plus: bool = False) -> str:
    out = b""
    for piece in re.findall(rb"%[0-9A-Fa-f]{2}|.", text.encode(), re.DOTALL):
        escaped = len(piece) == 3
        byte = int(piece[1:], 16) if escaped else piece[0]
        if plus and byte == 32:
            out += b"+"
        elif byte in PLAIN or (not escaped and byte in STANDS):
            out += bytes([byte])
        elif escaped or byte not in b"\t\r\n":
            out += b"%%%02X" % byte
    return out.decode()


def without_dots(path: str) -> str:
    out: list[str] = []
    steps = path.split("/")
    for at, step in enumerate(steps):
        last = at == len(steps) - 1
        if step == "..":
            out = out[:-1]
        if step in (".", ".."):
            out += [""] if last else []
        else:
            out.append(step)
    return "/" + "/".join(out)


def plain(url: str, keeps: bool) -> str:
    """The canonical form of a url with an ASCII host, by splitting strings."""
    url = url.strip(BLANK)
    if re.match(r"[A-Za-z0-9]+:[^0-9/\\]", url, re.DOTALL):
        return url
    begins = re.match(r"(?:([A-Za-z0-9+.-]+):)?[/\\]{2,}", url)
    scheme, rest = (begins.group(1), url[begins.end() :]) if begins else (None, url)
    authority, rest = re.match(r"([^/\\?#]*)(.*)", rest, re.DOTALL).groups()
    authority = authority.rpartition("@")[2].lower()
    bracket = re.match(r"\[[^]]*", authority)
    at = authority.find(":", bracket.end() if bracket else 0)
    host, port = (authority, "") if at < 0 else (authority[:at], authority[at:])
    host = host.rstrip(".")
    if not re.fullmatch(r"[A-Za-z0-9._~%-]+|\[[0-9A-Fa-f:.]+\]", host):
        return ""
    if not keeps and host.startswith("www.") and host != "www.":
        host = host[4:]
    before, _, fragment = rest.partition("#")
    path, _, query = before.partition("?")
    steps = re.split(r"[/\\]", path[1:] if path[:1] in ("/", "\\") else path)
    path = without_dots("/".join(normal(step) for step in steps))
    pairs = [normal(pair, plus=True) for pair in query.split("&")]
    pairs = sorted((pair for pair in pairs if pair), key=lambda pair: pair.partition("=")[0])
    if not keeps:
        folder, _, last = path.rpartition("/")
        path = f"{folder}/" if last.lower() in PAGES else path
        path = path.rstrip("/") or "/"
        pairs = [pair for pair in pairs if not re.match(r"(utm_.*|gclid)$", pair.partition("=")[0].lower())]
    shown = scheme and (keeps or scheme.lower() not in ("http", "https"))
    return (
        (f"{scheme.lower()}://" if shown else "")
        + host
        + ("" if port in (":", ":80", ":443") else port)
        + path
        + ("?" + "&".join(pairs) if pairs else "")
        + (f"#{normal(fragment)}" if fragment.startswith("!") else "")
    )


def plain_host(url: str) -> bool:
    """Whether another part of the house, which mends hosts, has nothing to do."""
    authority = re.match(r"\s*(?:[A-Za-z0-9+.-]+:)?[/\\]*([^/\\?#]*)", url).group(1)
    return authority.isascii() and "[" not in authority


@settings(deadline=None, max_examples=600)
@given(st.lists(URLS.filter(plain_host), max_size=6), st.booleans())
@example(["http:// http://", "www.[::1]http://"], False)
@example(["HTTP://u@WWW.a.example:80/x/./..//y/?b=1&a=%7E&&utm_x=1&=#!/r "], False)
@example(["http://a/..", "http://a/../..", "http://a/b/..", "http://a?#!", "a:b", "a:8/"], True)
def test_the_canonical_form_is_that_of_plain_python(urls: list[str], keeps: bool) -> None:
    assert canonical(urls, KEEPING if keeps else IGNORING) == [plain(url, keeps) for url in urls]


# Not of just anything: of `index.html//` only the slashes go, and of `www.www.` only the first.
STEPS = st.lists(st.sampled_from(["a", "B.html", "%7Euser", "\u00e9", "x%2fy", "..", "."]), max_size=4)
PAIRS = st.lists(st.sampled_from(["b=1", "a=%20", "utm_source=x", "a", "=", "q=\u00e9+"]), max_size=4)
WELL_FORMED = st.builds(
    "{}{}/{}?{}#{}".format,
    st.sampled_from(["http://", "HTTPS://", "ftp://", "//", ""]),
    st.sampled_from(["Example.org", "www.example.org:80", "u@a.example:8080", "b\u00fccher.example", "[2001:DB8::1]"]),
    STEPS.map("/".join),
    PAIRS.map("&".join),
    st.sampled_from(["", "part", "!state"]),
)


@given(st.lists(WELL_FORMED, max_size=6))
def test_a_canonical_url_is_its_own_canonical_form(urls: list[str]) -> None:
    once = canonical(urls)
    assert canonical([*once]) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a?b=1&c=2", "HTTP://www.Example.org:80/./a/?c=2&b=1&utm_source=x#part"),
        ("https://example.org/~user", "https://example.org/%7Euser"),
        ("https://example.org/a%2fb", "https://example.org/a%2Fb"),
        ("https://example.org", "https://example.org/"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://[2001:db8:0::1]/", "http://[2001:DB8::1]"),
        ("https://example.org/?q=a+b", "https://example.org/?q=a%20b"),
        ("https://example.org/docs/", "https://example.org/docs/index.html"),
        ("https://example.org/a", " https://example.org/a\n"),
    ],
)
def test_urls_of_one_page_are_one(one: str, other: str) -> None:
    assert canonical([one]) == canonical([other]) != [""]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a/b", "https://example.org/a%2Fb"),
        ("https://example.org/?a=1&a=2", "https://example.org/?a=2&a=1"),
        ("https://example.org/?a=1", "https://example.org/?a=2"),
        ("https://example.org/#!/one", "https://example.org/#!/two"),
        ("https://example.org:8080/", "https://example.org/"),
        ("ftp://example.org/", "https://example.org/"),
        ("httq://example.org/", "http://example.org/"),
        ("httr://example.org/", "http://example.org/"),
        ("htts://example.org/", "http://example.org/"),
        ("httpr://example.org/", "https://example.org/"),
        ("httxs://example.org/", "https://example.org/"),
        ("mailto:a@example.org", "mailto:b@example.org"),
        ("https://www./", "https://example.org/"),
    ],
)
def test_urls_of_two_pages_are_two(one: str, other: str) -> None:
    assert canonical([one]) != canonical([other])


def test_what_is_no_url_of_a_host_has_no_form() -> None:
    assert canonical([None, "", "  ", "/a/b", "https://", "?a=1"]) == [""] * 6


def test_a_url_too_long_to_be_one_is_left_as_it_is_and_a_long_one_is_quick() -> None:
    long = "https://example.org/?" + "&".join(f"b{k % 7}={k}" for k in range(5_000))
    assert canonical([long])[0].startswith("example.org/?b0=0&b0=7&")
    longer = "https://WWW.example.org/?" + "b&a&" * 20_000
    assert canonical([longer]) == [longer]
