"""The kinds of personal data; docs/privacy.md says how each is checked."""

from __future__ import annotations

from typing import Literal, get_args

KindName = Literal[
    "email",
    "phone",
    "ip_address",
    "mac_address",
    "imei",
    "payment_card",
    "iban",
    "bic",
    "ssn",
    "national_id",
    "passport",
    "vehicle",
    "wallet",
    "coordinates",
    "birth_date",
    "url_token",
    "handle",
    "person",
    "address",
    "organisation",
]
KINDS: tuple[KindName, ...] = get_args(KindName)

TAGGED: tuple[KindName, ...] = ("person", "address", "organisation")
"""Found by a tagger alone."""

BY_DEFAULT: tuple[KindName, ...] = tuple(kind for kind in KINDS if kind != "handle")
"""Handles are how people are addressed in public, and look like what code has behind an @."""
