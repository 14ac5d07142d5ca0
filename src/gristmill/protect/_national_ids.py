"""National, tax, health and company numbers by country: which words announce them, and the check of python-stdnum."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import NamedTuple

from gristmill.errors import MissingExtra

EXTRA = "ids"


class Country(NamedTuple):
    """The numbers of a country: modules of `stdnum.CODE`, and the words, beside general ones, that announce them."""

    numbers: tuple[str, ...]
    words: str


NATIONAL: dict[str, Country] = {
    "ar": Country(("dni", "cuit"), "cuit, cuil, documento nacional"),
    "at": Country(("vnr", "tin", "uid"), "sozialversicherungsnummer, svnr, sv nummer, steuernummer, umsatzsteuer"),
    "au": Country(("tfn", "abn", "acn"), "tfn, tax file, tax file number, abn, acn"),
    "be": Country(("nn", "vat"), "rijksregisternummer, registre national, numéro national, btw, tva"),
    "bg": Country(("egn", "vat"), "егн, egn, единен граждански, ддс"),
    "br": Country(("cpf", "cnpj"), "cpf, cnpj, cpf mf, inscrito"),
    "ca": Country(("sin", "bn"), "sin, social insurance number, numéro assurance sociale, nas, business number"),
    "ch": Country(("ssn", "uid", "vat"), "ahv, ahv nummer, avs, numéro avs, uid, mwst"),
    "cl": Country(("rut",), "rut, run, rol único"),
    "cn": Country(("ric", "uscc"), "身份证, 身份證, 证件, 统一"),
    "co": Country(("nit",), "nit, cédula, cedula"),
    "cz": Country(("rc", "dic"), "rodné číslo, rodné, rc, dič, ičo"),
    "de": Country(
        ("idnr", "vat", "stnr"), "steuer id, steueridentifikationsnummer, steuernummer, idnr, ust, ust idnr, ustid"
    ),
    "dk": Country(("cpr", "cvr"), "cpr, cpr nr, cpr nummer, cvr, personnummer"),
    "do": Country(("cedula", "rnc"), "rnc"),
    "ec": Country(("ci", "ruc"), "ruc, cédula identidad"),
    "ee": Country(("ik", "kmkr"), "isikukood, kmkr"),
    "es": Country(("dni", "nie", "nif", "cif"), "dni, nie, nif, cif, documento, n i f"),
    "fi": Country(("hetu", "ytunnus", "alv"), "henkilötunnus, hetu, sotu, y tunnus, alv"),
    "fr": Country(
        ("nir", "nif", "siren", "siret", "tva"), "nir, sécurité sociale, numéro fiscal, siren, siret, insee, tva"
    ),
    "gb": Country(
        ("nhs", "utr", "vat"), "nhs, nhs number, nhs no, utr, unique taxpayer, national insurance, ni number, nino"
    ),
    "gr": Country(("amka", "vat"), "αμκα, αφμ, amka, afm"),
    "hr": Country(("oib",), "oib"),
    "hu": Country(("anum",), "adószám, adószáma"),
    "ie": Country(("pps", "vat"), "pps, ppsn, pps number"),
    "il": Country(("idnr",), "תעודת זהות, ת ז, teudat zehut"),
    "in": Country(
        ("aadhaar", "pan", "gstin", "epic"), "aadhaar, aadhar, uidai, pan, pan card, gstin, gst, voter id, epic"
    ),
    "it": Country(("codicefiscale", "iva"), "codice fiscale, cod fisc, c f, partita iva, p iva, iva"),
    "jp": Country(("in_", "cn"), "マイ, 個人, 法人, my number"),
    "kr": Country(("rrn", "brn"), "주민, 사업, rrn"),
    "lt": Country(("asmens", "pvm"), "asmens kodas, pvm"),
    "mx": Country(("curp", "rfc"), "curp, rfc"),
    "my": Country(("nric",), "nric, mykad, kad pengenalan"),
    "nl": Country(("bsn", "btw"), "bsn, burgerservicenummer, sofinummer, btw nummer"),
    "no": Country(("fodselsnummer", "orgnr"), "fødselsnummer, fnr, org nr, organisasjonsnummer"),
    "pl": Country(("pesel", "nip", "regon"), "pesel, nip, regon"),
    "pt": Country(("nif", "cc"), "contribuinte, cartão cidadão, número fiscal"),
    "ro": Country(("cnp", "cui"), "cnp, cod numeric, cui"),
    "ru": Country(("inn", "ogrn"), "инн, огрн, inn"),
    "se": Country(("personnummer", "orgnr"), "personnr, pnr, samordningsnummer, organisationsnummer, org nummer"),
    "tr": Country(("tckimlik", "vkn"), "tc kimlik, kimlik no, t c kimlik, vergi no"),
    "za": Country(("idnr", "tin"), "sa id, rsa id"),
    "us": Country(("ein", "itin", "atin"), "ein, itin, employer identification"),
}
"""At most 43 countries: the families of words end where those with a meaning of their own begin."""


class NationalId(NamedTuple):
    """One number: its name, and whether a text is one by its check."""

    name: str
    valid: Callable[[str], bool]


@cache
def ids_of(country: str) -> tuple[NationalId, ...]:
    """The numbers of a country; MissingExtra without python-stdnum."""
    return tuple(_ids(country))


def _ids(country: str) -> Iterator[NationalId]:
    package = {"in": "in_"}.get(country, country)
    for number in NATIONAL[country].numbers:
        try:
            module = import_module(f"stdnum.{package}.{number}")
        except ImportError as error:
            raise MissingExtra("looking for national numbers", "python-stdnum", EXTRA) from error
        yield NationalId(f"{country}_{number.strip('_')}", module.is_valid)
