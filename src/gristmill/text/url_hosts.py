"""Hosts in one spelling: Unicode names as Punycode, IPv6 addresses at their shortest."""

from __future__ import annotations

import unicodedata
from ipaddress import AddressValueError, IPv6Address
from itertools import pairwise

import numpy as np
import pyarrow as pa

from gristmill.text.flat import Flat, flat
from gristmill.text.url_parts import hosts

_LONGEST = 253  # characters of a host name, RFC 1035; a longer one is none, and is left as it is
_DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61", "."))  # full stops of other scripts, UTS #46


def ascii_host(host: str) -> str:
    """A host as it is looked up, near enough: UTS #46 without its transitional mappings, as browsers do it.

    Nothing is refused; what cannot be a host only matches nothing.
    """
    if host.startswith("["):
        try:
            return f"[{IPv6Address(host[1:].partition(']')[0])}]"
        except AddressValueError:
            return host
    if len(host) > _LONGEST:
        return host
    labels = unicodedata.normalize("NFKC", host.translate(_DOTS).lower()).split(".")
    coded = (label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}" for label in labels)
    return ".".join(coded)


def with_ascii_hosts(urls: pa.Array) -> Flat:
    """Urls whose hosts are compared byte by byte. Those that are ASCII already are not touched."""
    text = flat(urls)
    starts, stops, odd = hosts(text.data, text.offsets[:-1].copy(), text.offsets[1:].copy())
    rows = np.flatnonzero(odd)
    if not len(rows):
        return text
    mended = [_mended(text, row, starts[row], stops[row]) for row in rows.tolist()]
    chosen = np.arange(len(urls))
    chosen[rows] = len(urls) + np.arange(len(rows))
    both = [urls.cast(pa.large_string()), pa.array(mended, pa.large_string())]
    return flat(pa.concat_arrays(both).take(pa.array(chosen)))


def _mended(text: Flat, row: int, start: int, stop: int) -> str:
    whole = (text.offsets[row], start, stop, text.offsets[row + 1])
    before, host, after = (text.data[a:b].tobytes().decode("utf-8", "replace") for a, b in pairwise(whole))
    return f"{before}{ascii_host(host)}{after}"
