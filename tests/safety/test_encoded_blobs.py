"""Blobs are found and what looks like one is left alone; texts go, or the blobs do."""

from __future__ import annotations

import base64
import binascii
import json
import random
import textwrap
import urllib.parse
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.safety.encoded_blobs import EncodedBlobs
from real_command import JSONL, build_of, built, counts, ledger, texts

RAW = random.Random(3).randbytes(600)
PROSE = (
    "The miller and his wife grind the grain of all the farms around, and nobody pays them with anything but flour. "
)


def view(*some: str | None) -> View:
    return View(pa.record_batch({"text": pa.array(some, pa.large_string())}))


def signals(text: str | None, step: EncodedBlobs | None = None) -> dict[str, Any]:
    return {name: values[0].as_py() for name, values in (step or EncodedBlobs()).measure(view(text)).items()}


BLOBS = {
    "base64 on one line": ("base64", base64.b64encode(RAW).decode()),
    "a MIME body": ("base64", base64.encodebytes(RAW).decode()),
    "an indented PEM body": (
        "base64",
        textwrap.indent("\n".join(textwrap.wrap(base64.b64encode(RAW).decode(), 64)), "  "),
    ),
    "base64 without padding, for urls": ("base64", base64.urlsafe_b64encode(RAW).decode().rstrip("=")),
    "base64 of English": ("base64", base64.b64encode(PROSE.encode() * 4).decode()),
    "base64 behind a key": ("base64", '{"blob":"' + base64.b64encode(RAW).decode() + '"}'),
    "a small picture": ("data_uri", "<img src='data:image/gif;base64," + base64.b64encode(RAW[:30]).decode() + "'>"),
    "a long hexadecimal number": ("hex", RAW[:100].hex()),
    "a hexdump": (
        "hex",
        "".join(f"{i:08x}  {RAW[i : i + 16].hex(' ')}  |................|\n" for i in range(0, 160, 16)),
    ),
    "xxd": ("hex", "".join(f"{i:08x}: {RAW[i : i + 16].hex(' ', 2)}  ......\n" for i in range(0, 160, 16))),
    "an array in C": (
        "hex",
        "\n".join(", ".join(f"0x{b:02x}" for b in RAW[i : i + 12]) + "," for i in range(0, 96, 12)),
    ),
    "escapes": ("hex", "".join(f"\\x{b:02x}" for b in RAW[:100])),
    "uuencode": ("base85", "".join(binascii.b2a_uu(RAW[i : i + 45]).decode() for i in range(0, 540, 45))),
    "base85": ("base85", base64.b85encode(RAW).decode()),
    "ascii85 on lines": ("base85", base64.a85encode(RAW, wrapcol=72).decode()),
    "percent-encoding": ("percent", urllib.parse.quote("мельник мелет зерно всем вокруг")),
    "minified code": ("minified", "function a(b){return b.c(function(d){if(d>1){e=f(d);g[h]=i}})};" * 20),
    "a token of many lines": ("long_token", "row17:Mill/grain.Flour_" * 30),
}


@pytest.mark.parametrize("name", BLOBS)
def test_blobs_are_found_as_what_they_are(name: str) -> None:
    kind, blob = BLOBS[name]
    found = signals(f"{PROSE}\n{blob}\n{PROSE}")
    whole = len(f"{PROSE}\n{blob}\n{PROSE}".encode())
    assert found[f"{kind}_share"] == found["blob_share"]
    assert 0.8 * len(blob) < round(found["blob_share"] * whole) <= len(blob)
    assert found["evidence"].startswith(f"{kind}: ")


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(RAW[i : i + 32].hex() for i in range(0, 500, 32)),
        f"{RAW[:64].hex()}  flour.tar.gz",
        '"integrity": "sha512-' + base64.b64encode(RAW[:64]).decode() + '"',
        "123e4567-e89b-12d3-a456-426614174000\n" * 20,
        "https://mill.example/grain?token=" + base64.urlsafe_b64encode(RAW).decode(),
        "[мельница](https://ru.example/" + urllib.parse.quote("ветряная мельница на холме у реки") + ")",
        "ACGTTGCAAGCTAGCTAGGATCC" * 30,
        "MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQ" * 10,
        "ภาษาไทยไม่มีการเว้นวรรค" * 40,
        "中文没有空格" * 80,
        "日本語の文章には空白がない" * 40,
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 5,
        "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3,
        "-" * 600 + "\n" + "+----" * 100,
        "\n".join(",".join(str(n * k) for n in range(1000, 1080)) for k in range(30)),
        "\n".join(" ".join(str(n * k % 90 + 10) for n in range(20)) for k in range(1, 30)),
        "3.14159265358979323846264338327950288419716939937510" * 20,
        "The deed was bad; a cafe, a facade, decade be added, faded. " * 4,
        "def grind(grain: list[int]) -> int:\n    return sum(one * 2 for one in grain if one)\n" * 9,
        "/usr/lib/python3/dist-packages/mill/grinding/" * 5,
    ],
)
def test_what_looks_like_a_blob_is_left_alone(text: str) -> None:
    assert signals(text)["blobs"] == 0


def test_nothing_is_said_of_an_empty_text_and_shares_add_up() -> None:
    assert signals("")["blob_share"] is None
    assert signals(None)["blob_share"] is None
    found = signals("\n".join(blob for _, blob in BLOBS.values()))
    kinds = [value for name, value in found.items() if name.endswith("_share") and name != "blob_share"]
    assert sum(kinds) == pytest.approx(found["blob_share"])
    assert min(kinds) > 0


def test_a_text_goes_where_blobs_are_more_than_the_share() -> None:
    text = PROSE * 3 + base64.b64encode(RAW[:150]).decode()
    share = signals(text)["blob_share"]
    for bound, goes in ((share, False), (share - 1e-9, True)):
        step = EncodedBlobs(max_share=bound)
        (mask,) = broken(step.rules(), step.measure(view(text)))
        assert mask.tolist() == [goes]


def test_a_build_drops_or_cuts(tmp_path: Path) -> None:
    blob = base64.encodebytes(RAW).decode()
    records = [PROSE, f"{PROSE}\n{blob}{PROSE}", blob, None]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": one}) + "\n" for one in records))
    assert build_of(tmp_path, JSONL, steps="[encoded_blobs]").code == 0
    assert texts(built(tmp_path)) == [PROSE]
    assert counts(built(tmp_path))["dropped"] == 2
    assert build_of(tmp_path, JSONL, steps="[encoded_blobs: {cut: true}]").code == 0
    assert texts(built(tmp_path)) == [PROSE, f"{PROSE}\n{PROSE}"]
    reasons = ledger(built(tmp_path), "fate, [r.reason for r in reasons]")
    assert ("dropped", ["only_blobs"]) in reasons
