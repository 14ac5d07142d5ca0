"""PDF files made byte by byte, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Placed = tuple[float, float, float, str]
"""x, y from the bottom, size, text in Latin letters. A negative size is Courier."""


def pdf(pages: Sequence[Sequence[Placed]], *, rotate: int = 0, info: str = "") -> bytes:
    """A PDF in Helvetica whose pages hold these texts."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    courier = 4 + 2 * len(pages)
    for number, page in enumerate(pages):
        content = b"".join(
            b"BT /F%d %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET\n" % (1 if size > 0 else 2, abs(size), x, y, _string(text))
            for x, y, size, text in page
        )
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Rotate {rotate} /Contents {5 + 2 * number} 0 R "
            f"/Resources << /Font << /F1 3 0 R /F2 {courier} 0 R >> >> >>".encode()
        )
        objects.append(_stream(content))
    objects.append(objects[2].replace(b"Helvetica", b"Courier"))
    objects.append(f"<< {info} >>".encode())
    return _file(objects)


def _string(text: str) -> bytes:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252")


def laughing_pdf(depth: int, content: bytes = b"BT /F1 10 Tf (ha) Tj ET") -> bytes:
    """A page with a form that shows another ten times, and so on; the last is content."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>"]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    shown = b"/Resources << /XObject << /X 6 0 R >> >>"
    objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R %s >>" % shown)
    objects.append(_stream(b"/X Do"))
    for number in range(depth):
        last = number == depth - 1
        further = b"/Font << /F1 3 0 R >>" if last else b"/XObject << /X %d 0 R >>" % (7 + number)
        head = b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << %s >>" % further
        objects.append(_stream(content if last else b"/X Do " * 10, head))
    return _file([*objects, b"<< >>"])


def locked_pdf() -> bytes:
    """A file whose password nobody knows."""
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]" % (
        b"7a" * 32,
        b"7b" * 32,
    )
    return pdf([[]]).replace(b"trailer <<", b"trailer << " + lock)


def scanned_pdf(image: np.ndarray[Any, Any]) -> bytes:
    """A page that is a picture: pixels (height, width, blue green red)."""
    height, width, _ = image.shape
    place = b"/MediaBox [0 0 %d %d] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >>" % (width, height)
    pixels = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    objects.append(b"<< /Type /Page /Parent 2 0 R %s >>" % place)
    objects.append(_stream(b"%d 0 0 %d 0 0 cm /I Do" % (width, height)))
    return _file([*objects, _stream(image[..., ::-1].tobytes(), pixels % (width, height)), b"<< >>"])


def _stream(content: bytes, head: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(content), content)


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        len(objects),
        start,
    )
    return bytes(out)


def paragraph(lines: Sequence[str], *, x: float = 72, y: float = 700, size: float = 10) -> list[Placed]:
    """Lines below each other."""
    return [(x, y - 12 * number, size, line) for number, line in enumerate(lines)]


def in_courier(lines: Sequence[str], *, x: float = 72, y: float = 700, size: float = 10) -> list[Placed]:
    """Lines below each other, in letters of one width; spaces become places."""
    return [
        (x + 0.6 * size * at, y - 12 * number, -size, word)
        for number, line in enumerate(lines)
        for at, word in _words(line)
    ]


def _words(line: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    at = 0
    for word in line.split(" "):
        found += [(at, word)] if word else []
        at += len(word) + 1
    return found
