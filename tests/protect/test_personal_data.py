"""What is taken for personal data, what is not, and what is done with it."""

from __future__ import annotations

import importlib
import json
import re
import time

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.contracts.view import View
from gristmill.protect._contexts import FIRST_COUNTRY
from gristmill.protect._kinds import KINDS, TAGGED
from gristmill.protect._national_ids import NATIONAL, ids_of
from gristmill.protect._wallets import keccak256
from gristmill.protect.redact_personal_data import RedactPersonalData
from gristmill.text.identifier_lists import NAMED

ALL = tuple(kind for kind in KINDS if kind not in TAGGED)
KEY = "0123456789abcdef0123456789abcdef"

FOUND = [
    ("email", "Write to jane.doe+lists@acme.co.uk, please.", "jane.doe+lists@acme.co.uk"),
    ("email", "<a@b.io>", "a@b.io"),
    ("email", "thandi@acme.co.za", "thandi@acme.co.za"),
    ("email", "我的邮箱john@acme.com是", "john@acme.com"),
    ("email", "Reach me: jane (at) acme dot org today", "jane (at) acme dot org"),
    ("email", "jane [at] acme [dot] co [dot] uk", "jane [at] acme [dot] co [dot] uk"),
    ("email", "I am jane at acme dot org.", "jane at acme dot org"),
    ("phone", "Ring +44 20 7946 0958 now", "+44 20 7946 0958"),
    ("phone", "or (212) 664-7665.", "(212) 664-7665"),
    ("phone", "Tel.: 0171/2345678", "0171/2345678"),
    ("phone", "Mobile: 723 813 266", "723 813 266"),
    ("phone", "Fax: 259.735.7502x459", "259.735.7502x459"),
    ("phone", "67031234-Office", "67031234"),
    ("phone", "v: (919) 834-2552 w: mill.net", "(919) 834-2552"),
    ("phone", "CALL NOW!\n \n\n1  425  790  3463\n", "1  425  790  3463"),
    ("phone", "电话 138 1234 5678", "138 1234 5678"),
    ("phone", "Телефон: 8 (495) 123-45-67", "8 (495) 123-45-67"),
    ("ip_address", "Host 46.4.117.9 answered", "46.4.117.9"),
    ("ip_address", "from http://46.4.117.99/x", "46.4.117.99"),
    ("ip_address", "the DNS server 8.8.8.8 answers", "8.8.8.8"),
    ("ip_address", "at 2a00:1450:4001:81b::200e.", "2a00:1450:4001:81b::200e"),
    ("ip_address", "hosts 46.4.117.9 192.168.0.1 10.0.0.1 answer", "46.4.117.9"),
    ("ip_address", "http://46.4.117.99/8230/", "46.4.117.99"),
    ("ip_address", "the network 46.4.117.0/24", "46.4.117.0"),
    ("ip_address", "<p05111a5ab9c2875b09bf@[66.149.49.6]>\nMIME-Version: 1.0", "66.149.49.6"),
    ("mac_address", "link 48:2a:e3:4c:b1:d1 up", "48:2a:e3:4c:b1:d1"),
    ("mac_address", "48-2A-E3-4C-B1-D1", "48-2A-E3-4C-B1-D1"),
    ("mac_address", "Internet 10.0.0.7 12 482a.e34c.b1d1 ARPA Vlan1", "482a.e34c.b1d1"),
    ("mac_address", "address is 0013.7204.B1D1.", "0013.7204.B1D1"),
    ("imei", "IMEI: 490154203237518", "490154203237518"),
    ("payment_card", "card 4111 1111 1111 1111", "4111 1111 1111 1111"),
    ("payment_card", "paid with 5500005555555559 yesterday", "5500005555555559"),
    ("payment_card", "Amex 3714-496353-98431", "3714-496353-98431"),
    ("iban", "to GB82 WEST 1234 5698 7654 32,", "GB82 WEST 1234 5698 7654 32"),
    ("iban", "DE89370400440532013000", "DE89370400440532013000"),
    ("bic", "IBAN and BIC: DEUTDEFF500", "DEUTDEFF500"),
    ("ssn", "It is 536-90-4399.", "536-90-4399"),
    ("ssn", "SSN 536904399", "536904399"),
    ("passport", "L898902C36UTO7408122F1204159ZE184226B<<<<<10", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
    ("passport", "Passport number: X1234567", "X1234567"),
    ("vehicle", "The car, 1M8GDM9AXKP042788, is sold", "1M8GDM9AXKP042788"),
    ("vehicle", "License plate: 7ABC123", "7ABC123"),
    ("wallet", "send to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
    ("wallet", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
    ("wallet", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
    ("coordinates", "GPS: 48.85661, 2.35222", "48.85661, 2.35222"),
    ("birth_date", "She was born on 12 March 1980 in Lyon", "12 March 1980"),
    ("birth_date", "Date of birth: 1980-03-12", "1980-03-12"),
    ("birth_date", "geboren am 3. März 1975", "3. März 1975"),
    ("birth_date", "DOB 03/12/1980", "03/12/1980"),
    ("url_token", "https://shop.acme.com/x?session=8f3ka92kd0&lang=en", "8f3ka92kd0"),
    ("url_token", "http://click.acme.com/t.pl?id=3424:7552100", "3424:7552100"),
    ("url_token", "(https://acme.com/unsubscribe?lang=en&u=9fk2l3).", "9fk2l3"),
    ("url_token", "https://acme.com/x;jsessionid=0AAB6C8DE415", "0AAB6C8DE415"),
    ("url_token", "https://acme.com/#access_token=q8W2e5R7t9Y1u3I6&x=1", "q8W2e5R7t9Y1u3I6"),
    ("url_token", "https://acme.com/f?sig=q8W2e5R7t9Y1u3I6o4", "q8W2e5R7t9Y1u3I6o4"),
    ("url_token", "http://a.com/é?u=http://b.com/?email=jane_doe", "jane_doe"),
    ("url_token", "https://acme.com/unsubscribe/7fk2l9x", "7fk2l9x"),
    ("url_token", "https://acme.com/unsubscribe.php/1234567?lang=en", "1234567"),
    ("url_token", "http://acme.com/email-verification/a8f3c2d9e1b7.", "a8f3c2d9e1b7"),
    ("url_token", "https://acme.com/r/q8W2e5R7t9Y1u3I6/home", "q8W2e5R7t9Y1u3I6"),
    ("url_token", "http://acme.com/mailman/confirm/mill/83a1f0c2d94be7765023", "83a1f0c2d94be7765023"),
    ("url_token", "https://click.acme.com/q8W2e5R7t9Y1u3I6o4P", "q8W2e5R7t9Y1u3I6o4P"),
    ("url_token", "https://acme.com/u/3f2a9c1e-77b0-4d0a-9e55-0c1d2e3f4a5b", "3f2a9c1e-77b0-4d0a-9e55-0c1d2e3f4a5b"),
    ("url_token", "http://a.com/?u=https%3A%2F%2Fb.org%2F%3Femail%3Dx%40y.org&v=2", "x%40y.org"),
    ("url_token", "http://a.com/?u=https%3a%2f%2fb.org%2f%3Femail%3djane_doe%26lang%3Den", "jane_doe"),
    ("url_token", "http://a.com/?u=https%253A%252F%252Fb.org%253Femail%253Djane_doe%2526x%253D1", "jane_doe"),
    ("url_token", "http://a.com/?u=https%3A%2F%2Fb.org%2Funsubscribe%2F7fk2l9x%3Flang%3Den", "7fk2l9x"),
    ("url_token", '<a href=3D"http://acme.com/x?session=3D8f3ka92kd0&lang=3Den">', "8f3ka92kd0"),
    ("url_token", "http://acme.com/unsubscribe?lang=3Den&uid=3D8f3k=\na92kd0 now", "8f3k=\na92kd0"),
    ("url_token", "http://acme.com/unsub=\r\nscribe/8f3k=\r\na92kd0 now", "8f3k=\r\na92kd0"),
    ("url_token", "http://acme.com/x?token=q8W2e5R7t9Y1u3I6==\nNext line", "q8W2e5R7t9Y1u3I6=="),
    ("email", "http://acme.com/login/jane%40acme.org/x", "jane%40acme.org"),
    ("email", "http://acme.com/x?cc=jane@acme.com&v=2", "jane@acme.com"),
    ("email", "mailto:a@example.com?subject=remove%20jane@acme.com", "jane@acme.com"),
    ("email", "<a title=3Djane@acme.com>", "jane@acme.com"),
    ("email", "write to ja=\nne.d=\noe@ac=\nme.c=\nom today", "ja=\nne.d=\noe@ac=\nme.c=\nom"),
    ("email", "write to jane=\r\n@acme.com, please", "jane=\r\n@acme.com"),
    ("email", "jo@acme.com=\nfoo", "jo@acme.com"),
    ("email", "bounce-jo=163.com@list.cn", "bounce-jo=163.com@list.cn"),
    ("handle", "thanks @jane_doe!", "@jane_doe"),
    ("handle", "Skype: jane.doe77", "jane.doe77"),
]

LEFT = [
    "git@github.com:acme/mill.git and user@example.com and icon@2x.png",
    "def f(a): @property, @param x, @media screen { } import @angular/core",
    "ISBN 978-3-16-148410-0, ISBN-10 3-16-148410-0, ISSN 2049-3630",
    "doi:10.1000/182 and 10.1038/s41586-020-2649-2",
    "version 1.2.3.4, release 10.0.19041.1, section 4.2.1.3, OID 1.3.6.1.4.1.311, 2.5.29.15",
    "192.168.0.1, 10.1.2.3, 127.0.0.1 and 999.1.1.1",
    "1.2.3.4 and 4.5.6.7, clause 1.2.3.4, release 2.0.0.1, phone 1.2.3.4",
    "on 2024-11-26 12:30:45 and 26.11.2024, 11/26/2024; 2002-08-31 (2.7.1)",
    "1,234,567 or 1 234 567 or 1.234.567 and 3.14159265",
    "the years 1990-2000, 1939-1945, pages 1234-1240",
    "100644 100644 100644 fabadb8 cc95eb",
    "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709, uuid 123e4567-e89b-12d3-a456-426614174000",
    "order number 4111 1111 1111 1112, tracking 123456789012",
    "at 12:30:45, std::vector, a::b, ::, 1:2:3",
    "vectors (0.1234, 0.5678) and [12.3456, 78.9012]",
    "Mozart was born in Salzburg. Bern was founded in 1191.",
    "<EMAIL> <PHONE> [PHONE_NUMBER] |||EMAIL_ADDRESS|||",
    "0xdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    "ff:ff:ff:ff:ff:ff",
    "1111111111111111 0000 0000 0000 0000",
    "a table of calls\n1  425  790  3463  12\n2  425  790  3463\n",
    "https://acme.com/story?sid=02/10/08/1836210&id=342475&p=2024-11",
    "https://click.acme.com/t?p=2&d=2024-11-26&id=sale",
    "https://github.com/acme/mill/commit/da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "https://raw.githubusercontent.com/acme/verify/da39a3ee5e6b4b0d3255bfef95601890afd80709/x",
    "https://docs.acme.com/document/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit",
    "https://acme.com/2024/11/how-to-reset-windows-10/123456 https://acme.com/newsletter/2024-11-26-news-of-mills",
    "https://acme.com/confirm/20241126 https://acme.com/verify/sha256sum.txt https://acme.com/t/Milling2024News",
    "https://static.acme.com/t/6859a2cfb2ca126bd62df1ec/17.png https://acme.com/c/5e884898da280471db8.woff2",
    "https://click.acme.com/?u=https%3A%2F%2Fb.org%2Fnews2024",
    "http://acme.com/login?user=\nThe next line, x=\nand so on",
    "Message-ID: <20021009110311.GA32c22@mill.net>\nReferences: <m24r$8gh.fsf@mill.net>\n\t<DAV72@mill.net>",
    "> In-Reply-To: <DADE4F77-B013@mill.net>\n> References: &lt;3D59651E.3040800@mill.net&gt;",
    "with ESMTP id <T5cfd28840dac1d1004129@mill.net>; (EMWAC SMTPRS 0.83) with SMTP id\n    <B0000178595@mill.net>",
    "http://groups.mill.net/groups?selm=3627ac95.66099519%40mill.net http://mill.net/?Message-ID=x1%40mill.net",
    "Content-ID: part1.0607@mill.net, cid:image001@mill.net, (IDENT:82tsCXFmKGyOiDHJbs18xfEBER@mill.net)",
]


def _run(texts: list[str | None], **options: object) -> tuple[list[str | None], list[list[dict[str, object]]]]:
    step = RedactPersonalData(**{"kinds": ALL, **options})
    assert step.faults() == {}
    edit = step.edit(View(pa.record_batch({"text": pa.array(texts, pa.large_string())})))
    return edit.text.to_pylist(), edit.signals["spans"].to_pylist()


@pytest.mark.parametrize(("kind", "text", "value"), FOUND, ids=[f"{kind}: {value}" for kind, _, value in FOUND])
def test_an_identifier_is_found_with_its_kind_and_place(kind: str, text: str, value: str) -> None:
    (redacted,), (spans,) = _run([text])
    raw = text.encode()
    assert [(span["kind"], raw[span["start"] : span["stop"]].decode()) for span in spans] == [(kind, value)]
    assert redacted == text.replace(value, f"<{kind.upper()}>")


def test_a_name_that_something_is_assigned_to_is_no_line_that_a_soft_break_ends() -> None:
    assert _run(["TO=\njane@acme.com"])[0] == ["TO=\n<EMAIL>"]


@pytest.mark.parametrize("text", LEFT)
def test_what_only_looks_like_an_identifier_is_left_alone(text: str) -> None:
    (redacted,), (spans,) = _run([text])
    assert (redacted, spans) == (text, [])


@pytest.mark.parametrize(
    "text",
    [
        "In-Reply-To: Message from Jo <%s> of Mon",
        "In-Reply-To: <%s> wrote:",
        "References: <3D59651E.3040800@mill.net>; from %s on Mon",
        "Message-ID: <3D59651E.3040800@mill.net>\n\n<%s> wrote:",
        "Message-ID: <3D59651E.3040800@mill.net>\nFrom: <%s>",
        "(IDENT:%s)",
        "with ESMTP id <%s>",
        "http://mill.net/?to=%s",
    ],
)
def test_a_person_in_a_field_of_identifiers_is_one(text: str) -> None:
    (redacted,), _ = _run([text % "jo.doe@acme.com"])
    assert redacted == text % "<EMAIL>"


def _examples() -> list[tuple[str, str, str]]:
    """Numbers that the docstrings of python-stdnum call valid."""
    found = []
    for country, ids in NATIONAL.items():
        for number, known in zip(ids.numbers, ids_of(country), strict=True):
            module = importlib.import_module(f"stdnum.{'in_' if country == 'in' else country}.{number}")
            calls = re.findall(r">>> (?:validate|is_valid)\('([^']+)'\)\n(?!Traceback|False)", module.__doc__ or "")
            some = [bare for call in calls if known.valid(bare := re.sub(r"[\s.\-/]", "", call))]
            if some:
                found.append((country, known.name, some[0]))
    return found


EXAMPLES = _examples()


def test_numbers_of_more_than_forty_countries_and_kinds_can_be_looked_for() -> None:
    assert len(NATIONAL) > 40
    assert len({name for _, name, _ in EXAMPLES}) > 60
    assert FIRST_COUNTRY + len(NATIONAL) <= NAMED  # families of words do not run into one another


@pytest.mark.parametrize(("country", "name", "value"), EXAMPLES, ids=[name for _, name, _ in EXAMPLES])
def test_a_national_number_is_found_beside_its_word(country: str, name: str, value: str) -> None:
    word = NATIONAL[country].words.split(",")[0]
    (redacted,), (spans,) = _run([f"{word}: {value}."], countries=(country,), kinds=("national_id",))
    assert [span["kind"] for span in spans] == ["national_id"], redacted


def test_a_national_number_of_a_country_that_is_not_asked_for_stays() -> None:
    text = "PESEL: 44051401359"
    assert _run([text], countries=("pl",))[0] == ["PESEL: <NATIONAL_ID>"]
    assert _run([text], kinds=("national_id",))[0] == [text]


def test_a_language_says_where_a_number_without_country_code_is_dialled() -> None:
    batch = {"text": pa.array(["Ruf 030 901820 an"] * 2, pa.large_string()), "language": pa.array(["de", "ja"])}
    step = RedactPersonalData(kinds=("phone",))
    found = step.edit(View(pa.record_batch({**batch, "text": pa.array(["Büro 030 901820"] * 2, pa.large_string())})))
    assert found.text.to_pylist() == ["Büro <PHONE>", "Büro 030 901820"]


def test_each_kind_has_its_own_action() -> None:
    text = "a@acme.com, +44 20 7946 0958, 46.4.117.9"
    (redacted,), (spans,) = _run([text], actions={"phone": "remove", "ip_address": "report"}, placeholder="[{kind}]")
    assert redacted == "[EMAIL], , 46.4.117.9"
    assert [span["action"] for span in spans] == ["mask", "remove", "report"]


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MILL_KEY", KEY)
    return "MILL_KEY"


WITH_STAND_IN = [case for case in FOUND if case[0] not in ("bic", "passport", "wallet", "coordinates", "birth_date")]


@pytest.mark.parametrize(("kind", "text", "value"), WITH_STAND_IN, ids=[f"{c[0]}: {c[2]}" for c in WITH_STAND_IN])
def test_a_stand_in_is_the_same_for_the_same_value_and_is_left_alone_the_next_time(
    key: str, kind: str, text: str, value: str
) -> None:
    (once, again), (first, second) = _run([text, f"{text} {text}"], action="pseudonym", key=key)
    assert once is not None and again == f"{once} {once}"
    assert value not in once
    if not (kind == "vehicle" and "plate" in text):
        assert [span["action"] for span in first] == ["pseudonym"]
    assert {span["hash"] for span in second} == {first[0]["hash"]}
    assert _run([once, again], action="pseudonym", key=key)[0] == [once, again]


def test_a_stand_in_depends_on_the_key_which_is_nowhere_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for value in (KEY, KEY[::-1]):
        monkeypatch.setenv("MILL_KEY", value)
        step = RedactPersonalData(action="pseudonym", key="MILL_KEY")
        made.append(
            (_run(["a@acme.com"], action="pseudonym", key="MILL_KEY")[0], step.computing_settings()["key_check"])
        )
        assert value not in json.dumps(step.computing_settings())
    assert made[0][0] != made[1][0] and made[0][1] != made[1][1]


def test_two_spellings_of_a_number_have_one_hash(key: str) -> None:
    _, (spans,) = _run(["Tel +44 20 7946 0958 or tel +442079460958"], key=key)
    assert len(spans) == 2 and len({span["hash"] for span in spans}) == 1


def test_a_prefix_that_is_not_dialled_from_abroad_changes_no_digit_of_a_stand_in(key: str) -> None:
    told, spans = _run(["Tel +44 (0)20 7946 0958", "Tel +44 20 7946 0958"], action="pseudonym", key=key)
    assert len({span["hash"] for found in spans for span in found}) == 1
    with_prefix, without = told
    assert with_prefix is not None and "(0)" in with_prefix and with_prefix.replace("(0)", "") == without
    assert _run([with_prefix], action="pseudonym", key=key)[0] == [with_prefix]


def test_without_a_key_the_ledger_has_no_hash() -> None:
    assert [span["hash"] for span in _run(["a@acme.com"])[1][0]] == [None]


def test_a_key_that_is_missing_or_short_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MILL_KEY", raising=False)
    assert "need a key" in RedactPersonalData(action="pseudonym").faults()["key"]
    assert "is not set" in RedactPersonalData(action="pseudonym", key="MILL_KEY").faults()["key"]
    monkeypatch.setenv("MILL_KEY", "short")
    assert "has 5 bytes" in RedactPersonalData(key="MILL_KEY").faults()["key"]


def test_an_unknown_country_or_region_is_told_with_the_near_miss() -> None:
    assert "did you mean 'br'" in RedactPersonalData(countries=("bra",)).faults()["countries"]
    told = RedactPersonalData(regions=("XX",)).faults()["regions"]
    assert told.startswith("no phone numbers are known of 'XX'; there are 2") and len(told) < 100  # not all of them


def test_many_identifiers_drop_the_record_where_asked() -> None:
    step = RedactPersonalData(max_density=100, max_found=3)
    assert [(rule.reason, rule.high) for rule in step.rules()] == [("personal_data_density", 100), ("personal_data", 3)]


def test_keccak_is_the_one_of_ethereum() -> None:
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


_PIECES = st.sampled_from(
    [value for _, _, value in FOUND]
    + ["@", "+", "(", ")", ".", "-", " ", "\n", ":", "1234", "55", "a", "é", "שלום", "مرحبا", "電話", "é@", "://", "&"]
    + ["=\n", "=3D", "%40", "%3F", "%26email%3D", "%253D", "/", "/unsubscribe/", "?email=", "7fk2l9x", "=\r\n"]
    + ["?key=", "\u200f", "\U0001f600", "at ", " dot ", "born ", "tel ", "-----BEGIN ", "0x", "<EMAIL>"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(_PIECES, max_size=12).map("".join), max_size=4))
def test_all_outside_the_spans_is_unchanged_to_the_byte(texts: list[str]) -> None:
    redacted, spans = _run(list(texts))
    for before, after, found in zip(texts, redacted, spans, strict=True):
        raw, at, kept = before.encode(), 0, []
        for span in found:
            kept.append(raw[at : span["start"]])
            kept.append(f"<{str(span['kind']).upper()}>".encode())
            at = span["stop"]
        assert b"".join([*kept, raw[at:]]).decode() == after


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=2).map("; ".join))
def test_a_second_time_changes_nothing(text: str) -> None:
    once, _ = _run([text])
    assert _run(once)[0] == once


@pytest.mark.parametrize(
    "text",
    [
        "1", "1 ", "a@", "1.2.", "+1(", "password=", "born ", "at dot ", "(at) ", "aa:", "http://a:", "x@a.", "?key=",
        "@a", "-----BEGIN PRIVATE KEY-----", "http://a/?u=", "http://a:b@c/?token=1&x=", "<a1@b.io>:",
        "1  425  ", "://", "<EMAIL> ", "\u202e1 ", "[[<(", "=", "a://",
        "References: <a1@b.io>",
        "http://a/?u=%3Femail%3D", "http://a/?%253Femail%253Djane_doe%2526", "http://a/%25", "%40a",
        "http://a/?a%40b.io",
        "http://a/unsubscribe/a1b2c3", "/unsubscribe/a1b2c3", "a=\n", "a@b=\n", "http://a/?b=\n", "=\n", "=3D",
        "a=\nb@c.io",
        "born 1 de  de  de  de  de  de  de  de  de  de  de  de  de  de  de ",
    ],
)  # fmt: skip
def test_text_made_to_be_slow_is_read_in_one_go(text: str) -> None:
    began = time.process_time()
    (redacted,), _ = _run([text * (250_000 // len(text))])
    assert redacted is not None and time.process_time() - began < 5  # looking on from each place would take minutes
