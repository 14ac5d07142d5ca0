"""The kinds of personal data that are found without a model: what each is, and what it is replaced by."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """What a kind is, for the reference and the report."""

    description: str
    checked: str


KINDS: dict[str, Kind] = {
    "email": Kind("e-mail addresses, also spelt as `name at host dot org`", "top-level domain that exists"),
    "phone": Kind("phone and fax numbers", "numbering plan of a country (phonenumbers), or words around"),
    "ip_address": Kind("IPv4 and IPv6 addresses that are public", "range (IANA), not a version or section"),
    "mac_address": Kind("hardware addresses of network cards", "six pairs"),
    "imei": Kind("numbers of mobile phones", "Luhn, words around"),
    "payment_card": Kind("numbers of payment cards", "Luhn, ranges and lengths of issuers"),
    "iban": Kind("international bank account numbers", "length of the country, ISO 7064 MOD 97-10"),
    "bic": Kind("codes of banks, where named or by an account", "ISO 9362 shape, country, words around"),
    "ssn": Kind("social security numbers of the United States", "numbers that were never given out"),
    "national_id": Kind("national, tax, health and company numbers", "python-stdnum, words around"),
    "passport": Kind("machine-readable passports; passport numbers where named", "ICAO 9303 check digits"),
    "vehicle": Kind("vehicle identification numbers; plates where named", "ISO 3779 check digit or words around"),
    "wallet": Kind("addresses of crypto currencies", "Base58Check, Bech32, EIP-55"),
    "coordinates": Kind("latitude and longitude to four decimals, where named", "range, words around"),
    "birth_date": Kind("dates of birth, where named", "date that there is, words around"),
    "url_token": Kind("values in urls that name a user or session", "names of parameters"),
    "handle": Kind("names of users with an @ before them, or where named", "not code"),
}

TAGGED: dict[str, Kind] = {
    "person": Kind("names of persons", "a local model"),
    "address": Kind("postal addresses and their parts", "a local model"),
    "organisation": Kind("names of organisations", "a local model"),
}
"""Found only with a tagger."""

PLACEHOLDERS = {kind: f"<{kind.upper()}>" for kind in (*KINDS, *TAGGED)}
