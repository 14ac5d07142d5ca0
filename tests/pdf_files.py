"""PDF files made byte by byte, for tests."""

from __future__ import annotations

from collections.abc import Sequence

Placed = tuple[float, float, float, str]
"""x, y from the bottom, size, text in Latin letters."""


def pdf(pages: Sequence[Sequence[Placed]], *, rotate: int = 0, info: str = "") -> bytes:
    """A PDF in Helvetica whose pages hold these texts."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for number, page in enumerate(pages):
        content = b"".join(
            b"BT /F1 %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET\n"
            % (size, x, y, text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252"))
            for x, y, size, text in page
        )
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Rotate {rotate} /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    objects.append(f"<< {info} >>".encode())
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
