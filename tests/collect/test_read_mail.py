"""Mails: what people wrote in them, whatever mail programs made of it."""

from __future__ import annotations

import base64
import gzip
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collecting import Got
from gristmill.collect._compressed import Block
from gristmill.collect._mail import Mail, Nothing
from gristmill.collect._mail_headers import ids, valued, words
from gristmill.collect._mail_text import parted, unflowed
from gristmill.collect._mbox import mails, unquoted
from gristmill.collect._stream import Stream
from gristmill.collect.eml import Eml
from gristmill.collect.mbox import Mbox

HEAD = "From: Ann <ann@example.org>\nSubject: Millstones\nDate: Thu, 26 Nov 2026 18:50:20 +0100\nMessage-ID: <1@x>\n"
POSTMARK = "From ann@example.org  Thu Nov 26 18:50:20 2026\n"


def read(mail: str | bytes, **settings: object) -> Mail | Nothing | str:
    return Eml(paths=("x",), **settings).found(mail.encode() if isinstance(mail, str) else mail)


def text(mail: str | bytes, **settings: object) -> str:
    found = read(mail, **settings)
    assert isinstance(found, Mail), found
    return found.text


def facts(mail: str | bytes, **settings: object) -> dict[str, object]:
    found = read(mail, **settings)
    assert isinstance(found, Mail), found
    return dict(orjson.loads(found.metadata))


def cut(data: bytes, limit: int = 1 << 20, block: int = 1 << 20) -> list[tuple[int, bytes | str]]:
    blocks = (Block(data[at : at + block], at + block) for at in range(0, len(data), block))
    return [
        (one.position, getattr(one, "data", None) or getattr(one, "error", ""))
        for one in mails(Stream(blocks, len(data)), limit)
    ]


# Headers


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("=?utf-8?q?M=C3=BChle?= von =?iso-8859-1?Q?S=FCd?=", "Mühle von Süd"),
        ("=?utf-8?b?w7w=?= =?utf-8?b?w7w=?=", "üü"),
        ("=?utf-8?b?4oI=?=\n =?utf-8?b?rA==?=", "€"),  # one character in two words
        ("=?koi8-r?B?7cXM2M7Jw8E=?=", "Мельница"),
        ("=?iso-2022-jp?B?GyRCP2U8VhsoQg==?=", "水車"),
        ("=?klingon?q?M=FChle?=", "Mühle"),
        ("=?utf-8*de?q?x_y?=", "x y"),
        ("a =?utf-8?x?no?= b =?utf-8?q?open", "a =?utf-8?x?no?= b =?utf-8?q?open"),
        ("=?utf-8?b??= x =?x", "x =?x"),
    ],
)
def test_encoded_words_are_decoded(value: str, said: str) -> None:
    assert words(value) == said


def test_parameters_in_pieces_are_put_together() -> None:
    found = valued('Text/Plain; name*0*=utf-8\'\'M%C3%BC; name*1="hle; x"; Charset="utf-8"; broken')
    assert found.value == "text/plain"
    assert found.parameters == {"name": "Mühle; x", "charset": "utf-8"}


def test_ids_stand_between_angle_brackets() -> None:
    assert ids("<a@b> text <c@d>\n <no> <broken") == ["a@b", "c@d"]


def test_a_mail_has_its_time_subject_list_and_thread_but_no_names() -> None:
    head = HEAD + "List-Id: Mills <mills.example.org>\nReferences: <0@x> <00@x>\nIn-Reply-To: <00@x>\n"
    found = read(f"{head}\nThey turn.\n")
    assert isinstance(found, Mail)
    assert found.time == datetime(2026, 11, 26, 17, 50, 20, tzinfo=UTC)
    told = orjson.loads(found.metadata)
    assert told["subject"] == "Millstones"
    assert told["list"] == "mills.example.org"
    assert "example.org" not in found.metadata.replace("mills.example.org", "")
    first = facts("Message-ID: <0@x>\nX: y\n\nWhich?")
    assert told["thread"] == first["thread"] == first["message"]
    assert told["thread"] != told["message"]


def test_people_are_told_where_that_is_asked_for() -> None:
    mail = "To: =?utf-8?q?J=C3=B6rg?= <j@x.org>, b@x.org\n" + HEAD + "\nText"
    assert "to" not in facts(mail)
    assert facts(mail, people="names")["to"] == [{"name": "Jörg"}]
    told = facts(mail, people="addresses")
    assert told["to"] == [{"name": "Jörg", "address": "j@x.org"}, {"address": "b@x.org"}]
    assert told["message_id"] == "1@x"


# Bodies


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "us-ascii", "nonsense", ""])
@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
def test_a_body_is_decoded_whatever_it_is_said_to_be_in(charset: str, encoding: str) -> None:
    said = "Die Mühle läuft, süß und schläfrig, über den Äckern von früh bis spät."
    data = said.encode("iso-8859-1" if "1" in charset else "utf-8")
    body = {
        "8bit": data,
        "quoted-printable": b"".join(b"=%02X" % byte for byte in data).replace(b"=20", b"=20=\n"),
        "base64": base64.encodebytes(data),
    }[encoding]
    kind = f"Content-Type: text/plain; charset={charset}\n" if charset else ""
    mail = f"{HEAD}{kind}Content-Transfer-Encoding: {encoding}\n\n".encode() + body
    assert text(mail).strip() == said


def test_plain_text_goes_before_html_and_attachments_are_named() -> None:
    mail = EmailMessage()
    mail["Subject"] = "Two"
    mail.set_content("The plain one.")
    mail.add_alternative("<p>The <b>other</b> one.", subtype="html")
    mail.add_attachment(b"\x89PNG" * 100, maintype="image", subtype="png", filename="Mühle.png")
    assert text(mail.as_bytes()) == "The plain one."
    assert facts(mail.as_bytes())["attachments"] == [{"name": "Mühle.png", "type": "image/png"}]
    assert "html" not in facts(mail.as_bytes())


def test_html_alone_becomes_text() -> None:
    page = (
        "<style>p {x}</style><p>One<br>two &lt;3</p><ul><li>a<li>b</ul><blockquote type=cite>old<p>er</blockquote>new"
    )
    mail = f"{HEAD}Content-Type: text/html\n\n{page}"
    assert text(mail) == "One\ntwo <3\n\n- a\n- b\n\n> old\n\n> er\n\nnew"
    assert text(mail, quotes="drop") == "One\ntwo <3\n\n- a\n- b\n\nnew"
    assert text(f"{HEAD}\n<html><p>Junk, called plain.") == "Junk, called plain."


def test_a_digest_gives_its_mails_in_order() -> None:
    parts = "".join(f"--b\n\nSubject: {n}\n\nMail {n}.\n" for n in range(3))
    assert (
        text(f"{HEAD}Content-Type: multipart/digest; boundary=b\n\n{parts}--b--\n") == "Mail 0.\n\nMail 1.\n\nMail 2."
    )


@pytest.mark.parametrize("kind", ["multipart/mixed", "multipart/mixed; boundary=never", "text", "", "x/"])
def test_a_type_that_is_wrong_loses_no_text(kind: str) -> None:
    found = read(f"{HEAD}Content-Type: {kind}\n\nHere it is.")
    assert isinstance(found, Nothing) if kind == "x/" else isinstance(found, Mail) and found.text == "Here it is."


def test_parts_without_a_header_and_without_an_end_are_read() -> None:
    mail = f"{HEAD}Content-Type: multipart/mixed; boundary=b\n\npreamble\n--b\nNo header here.\n--b\n\nNo end"
    assert text(mail) == "No header here.\n\nNo end"


@pytest.mark.parametrize(
    ("mail", "what"),
    [
        (HEAD + "\n \n", "mail without text"),
        (HEAD + "\n> all\n> quoted\n", "mail of nothing but quotes, signature or markup"),
        (HEAD + "Content-Type: image/png\n\nx", "mail of nothing but attachments"),
        (HEAD + "\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n", "encrypted mail"),
        (HEAD + "Content-Type: multipart/encrypted; boundary=b\n\n--b\n\nx\n--b--", "encrypted mail"),
    ],
)
def test_a_mail_with_nothing_to_read_is_counted_by_what_it_is(mail: str, what: str) -> None:
    assert read(mail, quotes="drop") == Nothing(what)


def test_trees_beyond_the_bounds_are_named() -> None:
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(60))
    assert read(HEAD + deep) == "the mail nests its MIME parts deeper than 24"
    wide = f"Content-Type: multipart/mixed; boundary=b\n\n{'--b' + chr(10) + chr(10):}" + "--b\n\nx\n" * 3000
    assert read(HEAD + wide) == "the mail has more than 2000 MIME parts"
    assert read("no header at all") == "the mail has no header"


# What a person wrote

CHAT = """Hello Bob,

> How many?
> Two?

Three.

On Thu, 26 Nov 2026, Bob <bob@example.org>
wrote:
> And where?
>> Here.

There.

-- \u0020
Ann
Miller
"""


def test_quotes_and_what_announces_them_are_told_apart() -> None:
    found = parted(CHAT.replace("-- \u0020", "-- "), quotes=False, signatures=False)
    assert found == ("Hello Bob,\n\nThree.\n\nThere.", 6, 3, False)
    kept = parted(CHAT.replace("-- \u0020", "-- "), quotes=True, signatures=True)
    assert kept.text == CHAT.replace("-- \u0020", "--").strip()


@pytest.mark.parametrize(
    ("mail", "left"),
    [
        ("New.\n\n-----Original Message-----\nFrom: Bob\nSent: now\n\nOld.\n\nOlder.", "New."),
        ("----- Original Message -----\nFrom: Bob\n\n> Old.\nNew.", "New."),
        ("Neu.\n\n-----Ursprüngliche Nachricht-----\nVon: Bob\n\nAlt.", "Neu."),
        ("New.\n________________________________\nFrom: Bob\nSent: now\nTo: Ann\n\nOld.", "New."),
        ("New.\n\nAm 26.11.2026 schrieb Bob:\n> Alt.", "New."),
        ("At 11:15 AM on 9/22/02, Bob wrote:\n\n\n> Old.\n\nNew.", "New."),
        ("AM> Old.\nAM> Older.\n\nNew.", "New."),
        ("On 11/08/02 21:09 -0500, Bob wrote:\n) Old.\n)\n) > Older.\n\nNew.", "New."),
        ("On Fri, Aug 02, 2002 at 09:28:57AM +0100, Bob Bore intoned:\n> Old.\n\nNew.", "New."),
        ("In article <abc@example.org> you write:\n>Old.\n\tNew.", "\tNew."),
        ("Steps:\n) one\n) two", "Steps:\n) one\n) two"),
        ("In 3 steps:\n\n: one\n: two", "In 3 steps:\n\n: one\n: two"),
        (
            "> The margin of survival is so thin, could it be that all of these\ntribal\n> rivalries are old?\nNew.",
            "New.",
        ),
        ("> Where?\nHere.\n> And when?\nNow.", "Here.\nNow."),
        ("    Date:  today\n    From:  Ann <ann@example.org>\n\n  | Old.\n\nNew.", "New."),
        ("| a | b |\n| c | d |", "| a | b |\n| c | d |"),
        ("He wrote three rules:\n\n1. x", "He wrote three rules:\n\n1. x"),
        (
            "---------- Forwarded message ----------\nFrom: Bob\n\nLook.",
            "---------- Forwarded message ----------\nFrom: Bob\n\nLook.",
        ),
        ("New.\n_______________________________________________\nMills mailing list\nmills@example.org", "New."),
        ("New.\n\n- - -\nnot a signature", "New.\n\n- - -\nnot a signature"),
        ("--\n" + "long\n" * 40, "--\n" + "long\n" * 39 + "long"),
    ],
)
def test_what_is_no_longer_new_goes(mail: str, left: str) -> None:
    assert parted(mail, quotes=False, signatures=False).text == left


def test_flowed_paragraphs_are_single_lines() -> None:
    assert unflowed("one \ntwo \nthree\nfour\n>> q \n>> r\n> s\n From here\n-- \nAnn", joins=False) == (
        "one two three\nfour\n>> q r\n> s\nFrom here\n-- \nAnn"
    )
    assert unflowed("水 \n車", joins=True) == "水車"
    mail = f"{HEAD}Content-Type: text/plain; format=flowed\n\nIt \nflows.\n"
    assert text(mail) == "It flows."


def test_armour_goes_and_the_signed_text_stays() -> None:
    signed = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nSigned.\n- -----\n-----BEGIN PGP SIGNATURE-----\n\niQ\n"
        "-----END PGP SIGNATURE-----\nAfter."
    )
    assert text(f"{HEAD}\n{signed}") == "Signed.\n-----\nAfter."


def test_files_in_uuencode_are_named() -> None:
    line = "M" + "x" * 60
    mail = f"{HEAD}\nSee:\nbegin 644 mill.gif\n{line}\n{line}\n`\nend\nbegin with an end\n"
    assert text(mail) == "See:\nbegin with an end"
    assert facts(mail)["attachments"] == [{"name": "mill.gif", "type": "application/octet-stream"}]


# Mailboxes


def test_mails_are_cut_at_from_lines_and_not_at_lines_that_begin_with_from() -> None:
    one = POSTMARK + HEAD + "\nFrom here on it is text.\nFrom Ann, who said: no 12:00 Nov 2026\n\n"
    data = (one + POSTMARK + HEAD + "\nTwo.\n").encode()
    for block in (1, 7, 1 << 20):
        assert [position for position, _ in cut(data, block=block)] == [0, len(one.encode())]


def test_a_stated_length_is_believed_only_where_a_mail_ends_there() -> None:
    body = f"Quoted:\n\n{POSTMARK}Subject: inner\n\nInner.\n"
    stated = f"{POSTMARK}{HEAD}Content-Length: {len(body)}\n\n{body}\n"
    after = f"{POSTMARK}{HEAD}\nAfter.\n"
    assert [position for position, _ in cut((stated + after).encode())] == [0, len(stated)]
    wrong = stated.replace(f"Content-Length: {len(body)}", "Content-Length: 7000000")
    assert len(cut((wrong + after).encode())) == 3


@pytest.mark.parametrize(
    ("dialect", "found"),
    [
        ("mboxrd", b"\nFrom a\n>From b\nx >From c"),
        ("mboxo", b"\nFrom a\n>>From b\nx >From c"),
        ("as found", b"\n>From a\n>>From b\nx >From c"),
    ],
)
def test_marks_before_from_go_by_the_dialect(dialect: str, found: bytes) -> None:
    assert unquoted(b"\n>From a\n>>From b\nx >From c", dialect) == found


def test_a_mailbox_that_is_cut_off_damaged_or_none_is_told(tmp_path: Path) -> None:
    mail = POSTMARK + HEAD + "\nText.\n\n"
    (tmp_path / "a.mbox").write_text("no mailbox\n" + mail)
    (tmp_path / "b.mbox").write_text("nothing like it\n")
    (tmp_path / "c.mbox.gz").write_bytes(gzip.compress(mail.encode() * 2000, 0)[:-200])
    got = Got(Mbox(paths=(".",)), tmp_path)
    told = "the file does not begin with a `From ` line, as a mailbox does; read on at the next"
    lost = "the file ends in the middle of its gzip data; the rest of the file is lost"
    assert got.errors == [told, told, lost]
    assert 1500 < len(got.rows) < 2001


def test_a_mail_beyond_the_bound_is_named_and_the_next_is_read(tmp_path: Path) -> None:
    short = POSTMARK + HEAD + "\nShort.\n\n"
    (tmp_path / "a.mbox").write_text(short + POSTMARK + HEAD + "\n" + "long\n" * 1_000_000 + "\n" + short)
    got = Got(Mbox(paths=("a.mbox",), max_record_bytes=1 << 20), tmp_path)
    assert got.errors == [f"the mail is longer than max_record_bytes ({1 << 20} bytes)"]
    assert got.column("text") == ["Short.", "Short."]


def test_apple_files_and_postmarks_are_read(tmp_path: Path) -> None:
    mail = (HEAD + "\nText.\n").encode()
    (tmp_path / "a.emlx").write_bytes(b"%d\n" % len(mail) + mail + b'<?xml version="1.0"?><plist/>')
    (tmp_path / "b.eml").write_bytes(POSTMARK.encode() + mail)
    assert Got(Eml(paths=(".",)), tmp_path).column("text") == ["Text.", "Text."]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("From >\n-:aü012", max_size=60), min_size=1, max_size=6), st.integers(1, 40))
def test_what_is_written_as_mboxrd_is_read_again(bodies: list[str], block: int) -> None:
    """Python's own mailbox writes no mboxrd; this is RFC 4155's rule in one line."""
    data = b""
    for body in bodies:
        lines = [f">{line}" if line.lstrip(">").startswith("From ") else line for line in body.split("\n")]
        data += (POSTMARK + "Subject: x\n\n" + "\n".join(lines) + "\n\n").encode()
    found = [unquoted(mail, "mboxrd") for _, mail in cut(data, block=block) if isinstance(mail, bytes)]
    assert found == [f"Subject: x\n\n{body}\n\n".encode() for body in bodies]


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from(["", "multipart/mixed; boundary=b", "text/html", 'multipart/alternative; boundary=""']),
)
def test_any_bytes_are_a_mail_or_a_sentence(data: bytes, kind: str) -> None:
    mail = f"{HEAD}Content-Type: {kind}\n\n--b\n".encode() + data
    found = read(mail, quotes="drop")
    assert found == read(mail, quotes="drop")
    assert read(data) == read(data)


@pytest.mark.parametrize(
    "body",
    [
        "=?" * 500_000,
        "<a <" * 500_000,
        '<a b="' * 300_000,
        "<!--" * 500_000,
        "<textarea>" * 200_000,
        "<ul><li>" * 200_000,
        "<table><tr><th>" * 100_000,
        "<blockquote>" * 200_000 + "x",
        "> " * 500_000,
        "begin 644 x\nend\n" * 100_000,
        ">\nfoo wrote:\n" * 100_000,
        "--b\n" * 400_000,
        "-----Original Message-----\n" * 40_000,
    ],
)
@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
def test_hostile_bodies_take_bounded_time(body: str, kind: str) -> None:
    start = time.process_time()
    read(f"Subject: {body[:60_000]}\nContent-Type: {kind}\n\n{body}", quotes="drop")
    assert time.process_time() - start < 10
