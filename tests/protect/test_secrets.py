"""What is taken for a secret, and what is not."""

from __future__ import annotations

import base64
import json
import random
import string
import zlib

import pyarrow as pa
import pytest

from gristmill.contracts.view import View
from gristmill.protect import _secret_patterns as patterns
from gristmill.protect._secrets import KIND_NAMES, SECRETS
from gristmill.protect.redact_secrets import RedactSecrets
from gristmill.text.identifier_lists import CHARACTERS

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def _run(texts: list[str], **options: object) -> tuple[list[str], list[list[str]]]:
    step = RedactSecrets(**options)
    edit = step.edit(View(pa.record_batch({"text": pa.array(texts, pa.large_string())})))
    return edit.text.to_pylist(), [[span["kind"] for span in spans] for spans in edit.signals["spans"].to_pylist()]


def _token(secret: patterns.Secret, draw: random.Random) -> str:
    """A token of the form, made up, with the check that the form has."""
    begin, characters, low, high = secret.prefix
    if secret.check is patterns._jwt:
        parts = [json.dumps({"alg": "HS256"}), json.dumps({"sub": "1" * 30}), "0" * 32]
        return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
    if secret.check is patterns._discord:
        return begin + _drawn(draw, "alnum", 21) + "." + _drawn(draw, "alnum", 6) + "." + _drawn(draw, "alnum", 30)
    if secret.check is patterns._telegram:
        return begin + "110201543:" + _drawn(draw, "alnum", 35)
    length = min(high, max(low, 40 if high > 60 else low))
    body = _drawn(draw, characters, length)
    if secret.check is patterns._github:
        head, number, digits = body[:-6], zlib.crc32(body[:-6].encode()), ""
        while number:
            number, digit = divmod(number, 62)
            digits = _BASE62[digit] + digits
        return begin + head + digits.rjust(6, "0")
    return begin + body


def _drawn(draw: random.Random, characters: str, length: int) -> str:
    alphabet = [char for char in CHARACTERS[characters] if char.isalnum()]
    return "".join(draw.choice(alphabet) for _ in range(length))


CASES = [(secret, _token(secret, random.Random(number))) for number, secret in enumerate(SECRETS)]


def test_a_token_may_be_the_whole_text() -> None:
    texts, kinds = _run(["AKIAQ3EGRIZ4M5TXV7WD", "_AKIAQ3EGRIZ4M5TXV7WD"])
    assert texts == ["<AWS_ACCESS_KEY>", "_AKIAQ3EGRIZ4M5TXV7WD"]
    assert kinds == [["aws_access_key"], []]


def test_more_than_sixty_kinds_are_known() -> None:
    assert len(KIND_NAMES) > 60


@pytest.mark.parametrize(("secret", "token"), CASES, ids=[f"{s.kind} {s.prefix.begin}" for s, _ in CASES])
def test_a_token_of_a_provider_is_found_in_prose_and_in_code(secret: patterns.Secret, token: str) -> None:
    texts = [f"We used {token} for it.", f'client = Client("{token}")', f"curl -H 'X: {token}'\n"]
    redacted, kinds = _run(texts)
    assert kinds == [[secret.kind]] * 3
    assert redacted == [text.replace(token, f"<{secret.kind.upper()}>") for text in texts]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (
            "private_key",
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA1\nabc+/=\n-----END RSA PRIVATE KEY-----",
            None,
        ),
        ("connection_string", "postgres://mill:gr1nd3r@db.acme.com:5432/mill", "gr1nd3r"),
        ("password", 'password = "Tr0ub4dor&3"', "Tr0ub4dor&3"),
        ("password", "DB_PASSWORD=k7Jq!p29Lm", "k7Jq!p29Lm"),
        ("password", "Passwort: Sommer2024!", "Sommer2024!"),
        ("password", "пароль: Zima2024!x", "Zima2024!x"),
        ("assigned_secret", 'api_key: "9f8a7b6c5d4e3f2a1b0c9d8e"', "9f8a7b6c5d4e3f2a1b0c9d8e"),
        ("assigned_secret", "clientSecret = 'mN3kP9qR7sT1vW5xY2zA'", "mN3kP9qR7sT1vW5xY2zA"),
        ("assigned_secret", '"access_token": "q8W2e5R7t9Y1u3I6o4P0"', "q8W2e5R7t9Y1u3I6o4P0"),
        ("url_secret", "https://api.acme.com/v1?key=q8W2e5R7t9Y1u3I6&x=1", "q8W2e5R7t9Y1u3I6"),
    ],
)
def test_what_is_called_a_secret_and_looks_random_is_one(kind: str, text: str, value: str | None) -> None:
    (redacted,), (kinds,) = _run([f"See:\n{text}\nand so on"])
    assert kinds == [kind]
    assert redacted == f"See:\n{text.replace(value or text, f'<{kind.upper()}>')}\nand so on"


@pytest.mark.parametrize(
    "text",
    [
        "sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "id 123e4567-e89b-12d3-a456-426614174000, commit da39a3ee5e6b4b0d3255bfef95601890afd80709",
        '<img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA'
        'AAAFCAYAAACNbyblAAAAHElEQVQI12P4AXDIBKE0DHxgljNBAAO9">',
        '"integrity": "sha512-oRdYBjXTfXqMSjMCyTBzyTTyTZyDyEVPIXyFPvy'
        'vQXsyRhRHQfRlXyXPQY2eRJ8Q3ePRBhOTWQ4QF4c4bJlgSA=="',
        "password = os.environ['DB_PASSWORD']; token = get_token(); secret: ${SECRET}; api_key = <your-api-key>",
        "password: ********; password=xxxxxxxx; pwd = %s; PASSWORD=changeme",
        "The secret: never give up. Token: the smallest unit. Password: required",
        "AKIAIOSFODNN7EXAMPLE",
        "skill sk-learn sklearn task-based-approach key-value-pairs-in-a-long-name",
        "ghp_000000000000000000000000000000000000",
        "https://user:pass@example.com/ and https://acme.com/?key=name&token=abc",
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
    ],
)
def test_hashes_variables_examples_and_lock_files_are_left_alone(text: str) -> None:
    assert _run([text]) == ([text], [[]])


def test_a_key_that_is_not_ended_takes_no_prose_with_it() -> None:
    text = 'x = <<"-----BEGIN DSA PRIVATE KEY-----\nMIIBuwIBAAKBgQD\nThe following file has one entry.'
    assert _run([text])[0] == ['x = <<"<PRIVATE_KEY>\nThe following file has one entry.']


def test_a_kind_can_be_left_and_an_unknown_one_is_told() -> None:
    text = "Passwort: Sommer2024!"
    assert _run([text], leave=("password",))[0] == [text]
    assert "did you mean 'password'" in RedactSecrets(leave=("pasword",)).faults()["leave"]


def test_a_second_time_changes_nothing() -> None:
    texts = [f"key {token}, password = Tr0ub4dor&3" for _, token in CASES]
    once, _ = _run(texts)
    assert _run(once)[0] == once


def test_a_record_with_a_secret_can_be_dropped() -> None:
    (rule,) = RedactSecrets(max_found=0).rules()
    assert (rule.reason, rule.high) == ("secrets", 0)
