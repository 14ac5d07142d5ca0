from __future__ import annotations

import codecs
import lzma
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.clean._encoding import codec, decode, encoding

CZECH = "<p>Příliš žluťoučký kůň úpěl ďábelské ódy, a nikdo mu v tom nebránil.</p>"
JAPANESE = "<p>吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。</p>"


def shared(name):
    for folder in Path(__file__).resolve().parents:
        found = folder.parent / "shared" / "data" / name
        if found.exists():
            return found
    pytest.skip(f"{name} is not here")


@pytest.mark.parametrize("name", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides(name):
    assert decode(CZECH.encode(name), "text/html; charset=iso-8859-1") == CZECH


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_are_seen_without_a_mark(name):
    page = "<html><body><p>A page of plain letters, which is most of what pages are made of.</p></body></html>"
    assert decode(page.encode(name)) == page


def test_the_header_decides_before_the_page():
    page = '<meta charset="windows-1252">' + CZECH
    assert decode(page.encode("iso-8859-2"), 'text/html; Charset="ISO-8859-2"') == page


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="{}">',
        "<META CHARSET={}>",
        '<meta http-equiv="Content-Type" content="text/html; charset={}">',
        "<?xml version='1.0' encoding='{}'?>",
    ],
)
def test_the_page_decides_where_the_header_is_silent(head):
    page = head.format("iso-8859-2") + CZECH
    assert decode(page.encode("iso-8859-2"), "text/html") == page


def test_valid_utf8_is_utf8_whatever_is_declared():
    assert decode(CZECH.encode(), "text/html; charset=iso-8859-1") == CZECH


def test_a_few_bad_bytes_do_not_change_the_encoding():
    page = CZECH.encode() * 20
    assert decode(page + b"\xff" + page[:-2] + b"\xc3").count("Příliš") == 40


def test_labels_mean_what_browsers_take_them_for():
    assert decode(b"\x93quoted\x94 caf\xe9", "text/html; charset=iso-8859-1") == "“quoted” café"
    assert (codec("latin1"), codec("x-sjis"), codec("gb2312"), codec("ks_c_5601-1987")) == (
        "cp1252",
        "cp932",
        "gb18030",
        "cp949",
    )
    assert codec("no-such-encoding") is None
    assert codec(None) is None


def test_iso_2022_jp_is_not_taken_for_ascii():
    assert decode(JAPANESE.encode("iso2022_jp"), "text/html; charset=iso-2022-jp") == JAPANESE
    assert decode(JAPANESE.encode("iso2022_jp")) == JAPANESE


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=100).map(lambda text: text.encode("utf-16-le", "replace"))),
    st.one_of(st.none(), st.text(max_size=30), st.sampled_from(["charset", "charset=", 'charset="', "charset=utf-16"])),
)
def test_any_bytes_under_any_header_give_text(payload, header):
    text = decode(payload, header)
    assert text.encode("utf-8").decode("utf-8") == text  # no lone surrogates
    assert codecs.lookup(encoding(payload, header))


def labelled(folder: str) -> str | None:
    """The codec that a folder of the set is named for; None for the one that Python lacks."""
    known = {"EUC-TW": None, "MacCyrillic": "mac_cyrillic", "MacRoman": "mac_roman", "iso-8859-1": "cp1252"}
    wider = {"GB2312": "gb18030", "EUC-KR": "cp949", "SHIFT_JIS": "cp932", "TIS-620": "cp874", "Big5": "big5hkscs"}
    if folder in known | wider:
        return (known | wider)[folder]
    parts = folder.split("-")
    return "-".join(parts[:-1]) if parts[-1].islower() and len(parts) > 1 and parts[-1].isalpha() else folder


def test_texts_of_many_encodings_are_decoded_with_nothing_declared():
    right, total, missed = 0, 0, []
    with lzma.open(shared("encodings-chardet.tar.xz")) as raw, tarfile.open(fileobj=raw) as archive:
        for member in archive:
            folder = Path(member.name).parent.name
            if not member.isfile() or Path(member.name).parent.parent.name != "tests":
                continue
            name = {"utf-8-sig": "utf-8-sig", "iso-2022-jp": "iso2022_jp", "iso-2022-kr": "iso2022_kr"}.get(
                folder, labelled(folder)
            )
            if name is None:
                continue
            payload = archive.extractfile(member).read()
            total += 1
            if decode(payload) == payload.decode(name, "replace").removeprefix("\ufeff"):
                right += 1
            else:
                missed.append(folder)
    assert total > 400
    assert right / total > 0.96, missed
