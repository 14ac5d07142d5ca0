"""LaTeX sources: what a reader of the paper sees, and one sentence for each that cannot be read."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collecting import Got
from gristmill.collect._latex_macros import Budget
from gristmill.collect._latex_source import Unreadable
from gristmill.collect.latex import Latex


def text(body: str, **settings: Any) -> str:
    return Latex(paths=("a",), **settings)._converted(f"\\begin{{document}}{body}\\end{{document}}".encode())[0]


def got(folder: Path, name: str, data: bytes, **settings: Any) -> Got:
    (folder / name).write_bytes(data)
    return Got(Latex(paths=(name,), **settings), folder)


def tar(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        (r"Caf\'e, M\"uller, \v{S}koda, na\"{\i}ve, \O re, Stra\ss e", "Café, Müller, Škoda, naïve, Øre, Straße"),
        ("``so'' --- 1--2 50\\% % hidden\nmore", "“so” — 1–2 50% more"),
        (r"\textbf{a \emph{b}} c\footnote{d}", "a b c (d)"),
        (r"\unknown[3.6]{Test Suite} and \other{a}{b}, \third[x=1] [1]", "Test Suite and a b, [1]"),
        (r"\pdfbookmark[1]{Mills}{mills}Mills", "Mills"),
        ("\\pageno=0 \\vskip 2.5truecm plus 1fil A mill\\kern-3pt.", "A mill."),
        ("\\input parimacro.tex Then \\vskip\\baselineskip more", "Then more"),
        (r"\begin{scode}print @s{x} $y\end{scode}", "print @s{x} $y"),
        (r"\cite[p.~3]{a,b} and \eqref{e}", "[a, b] and (??)"),
        (r"$x^2$ and \(y\)", "$x^2$ and $y$"),
        (r"\[ a = b \]", "$$\na = b\n$$"),
        (r"\begin{align*} a &= b\label{x} \\ c &= d \end{align*}",
         "$$\n\\begin{align*}\n a &= b \\\\ c &= d \n\\end{align*}\n$$"),
        (r"\begin{enumerate}\item a \begin{itemize}\item b\end{itemize}\item c\end{enumerate}", "1. a\n  - b\n2. c"),
        (r"\begin{tabular}{l|r}\hline a & b \\ 1 & 2 \\\hline\end{tabular}", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        (r"\begin{figure}\includegraphics[width=1cm]{x}\caption{A mill.}\end{figure}", "Figure 1: A mill."),
        (r"\newcommand{\two}[2][x]{#1+#2}\two{y}, \two[a]{b}", "x+y, a+b"),
        (r"\def\pair#1#2{(#1,#2)}\pair{a}{b}", "(a,b)"),
        (r"\newcommand{\R}{\mathbb{R}}$\R n$", "$\\mathbb{R} n$"),
        (r"\begin{lemma}[Zorn] It is.\end{lemma}", "Lemma 1 (Zorn). It is."),
        (r"\verb|a{b| c", "a{b c"),
        ("\\begin{verbatim}\na  {b\n\\end{verbatim}", "a  {b"),
    ],
)  # fmt: skip
def test_what_is_written_is_given_as_it_is_seen(written: str, seen: str) -> None:
    assert text(written) == seen


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        (r"See Figure~\ref{f}.\begin{figure}\caption{A \emph{mill}.\label{f}}\end{figure}",
         "See Figure 1.\n\nFigure 1: A mill."),
        (r"\section{A}\section{B}\subsection{C}\label{c}\section*{D}\appendix\section{E}\label{e}\ref{c} \ref{e}",
         "A\n\nB\n\nC\n\nD\n\nE\n\n2.1 A"),
        (r"\chapter{A}\section{B}\label{b}\begin{table}\caption{T}\label{t}\end{table}\autoref{b}, \cref{t}",
         "A\n\nB\n\nTable 1.1: T\n\nSection 1.1, table 1.1"),
        (r"\begin{equation}a\label{x}\end{equation}\begin{align}b\nonumber\\c\label{y}\end{align}\eqref{x}, \Cref{x,y}",
         "$$\na\n$$\n\n$$\n\\begin{align}\nb\\\\c\n\\end{align}\n$$\n\n(1), Equation (1), (2)"),
        (r"\newtheorem{law}{Law}[section]\newtheorem{rule}[law]{Rule}\newtheorem*{note}{Note}\section{S}"
         r"\begin{law}a\end{law}\begin{rule}b\label{r}\end{rule}\begin{note}c\end{note}\ref{r}",
         "S\n\nLaw 1.1. a\n\nRule 1.2. b\n\nNote. c\n\n1.2"),
        (r"\begin{figure}\begin{subfigure}\caption{a}\label{l}\end{subfigure}\caption{b}\label{w}\end{figure}"
         r"\ref{l} \ref{w}",
         "(a) a\n\nFigure 1: b\n\n1a 1"),
        (r"\begin{enumerate}\item a\item\label{i} b\end{enumerate}\ref{i}", "1. a\n2. b\n\n2"),
        (r"\section{On mills}\label{m}\nameref{m}, \pageref{m}, \ref{n}", "On mills\n\nOn mills, ??, ??"),
        ("a \ue0000\ue001 \\ref{b}", "a ?? ??"),
    ],
)  # fmt: skip
def test_what_refers_to_another_place_has_its_number(written: str, seen: str) -> None:
    assert text(written) == seen


def test_what_is_set_up_before_the_document_is_no_text(tmp_path: Path) -> None:
    setting = (
        "\\addtokomafont{disposition}{\\rmfamily}\n\n\\tolerance 1414\n\n\\title{Mills}\n\n\\newcommand{\\m}{stone}"
    )
    source = f"\\documentclass{{article}}\n{setting}\n\\begin{{document}}A \\m.\\end{{document}}"
    assert got(tmp_path, "a.tex", source.encode()).column("text") == ["Mills\n\nA stone."]


def test_an_archive_is_read_from_its_main_file_and_names_only_its_own_files(tmp_path: Path) -> None:
    (tmp_path / "secret.tex").write_text("a secret")
    files = {
        "paper.tex": rb"\documentclass{a}\usepackage{own}\title{On mills}\author{A \and B}\begin{document}\input{s/one}"
        + rb"\input{../secret}\input{" + str(tmp_path).encode() + rb"/secret}\own\bibliography{x}\end{document}",
        "s/one.tex": b"One.\n\n",
        "own.sty": rb"\newcommand{\own}{Our own.}",
        "paper.bbl": rb"\begin{thebibliography}{1}\bibitem{k} A. Miller.\end{thebibliography}",
        "figure.eps": b"junk",
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    for name, data in (("a.tar.gz", tar(files)), ("a.zip", out.getvalue())):
        found = got(tmp_path, name, data)
        assert found.column("text") == ["On mills\n\nOne.\n\nOur own.\n\nReferences\n\n[k] A. Miller."]
        facts = orjson.loads(str(found.column("metadata")[0]))
        assert facts["authors"] == ["A", "B"] and facts["inputs_missing"] == 2
    assert "Miller" not in str(got(tmp_path, "a.tar.gz", tar(files), references="drop").column("text"))


def test_old_encodings_are_read(tmp_path: Path) -> None:
    assert got(tmp_path, "a.tex", "Caf\xe9".encode("latin-1")).column("text") == ["Café"]
    assert got(tmp_path, "a.tex.gz", gzip.compress(b"grain")).column("text") == ["grain"]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"% nothing", "the source has no text"),
        (gzip.compress(b"%PDF-1.5"), "the source is a PDF file, not LaTeX; read it with the input pdf"),
        (gzip.compress(b"x" * 100_000)[:60], "the archive is broken or cut short"),
        (gzip.compress(bytes(1 << 21)), "the source is longer than max_record_bytes (1048576 bytes)"),
        (tar({"a.eps": b"x"}), "the archive has no .tex file"),
        (b"PK\x03\x04junk", "the archive is broken, encrypted or of a kind that is not read"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, data: bytes, error: str) -> None:
    assert got(tmp_path, "a.tar.gz", data, max_record_bytes=1 << 20).errors == [error]


@pytest.mark.parametrize(
    "bomb",
    [
        r"\def\a{\a\a}\a",
        "".join(f"\\def\\{b}{{" + f"\\{a}" * 9 + "}" for a, b in pairwise("abcdefghi")) + r"\i",
        r"\def\a#1{\a{#1#1}}\a{x}",
    ],
)  # fmt: skip
def test_macros_without_end_are_stopped(bomb: str) -> None:
    with pytest.raises(Budget):
        text(bomb)


def test_an_input_of_itself_is_stopped(tmp_path: Path) -> None:
    found = got(tmp_path, "a.tar.gz", tar({"a.tex": rb"\begin{document}x \input{a}\end{document}"}))
    assert len(found.column("text")) == 1


def test_deep_nesting_is_no_matter() -> None:
    assert text("{" * 100_000 + "x" + "}" * 100_000) == "x"
    assert text(r"\textbf{" * 2000 + "x") == "x"


@given(st.lists(st.sampled_from(
    ["\\", "{", "}",
     "$", "&", "[", "]", "#1", "%", "\n", "a b", "\\begin{tabular}", "\\end{tabular}", "\\item",
     "\\begin{itemize}", "\\begin{align}", "\\def\\x", "\\x", "\\newcommand", "\\'", "\\verb|",
     "\\section", "~", "\\begin{thebibliography}", "\\bibitem{a}", "\\cite", "\\[",
     "\\let\\y=\\x", "\\title"]), max_size=30))  # fmt: skip
def test_any_source_gives_a_text_or_a_sentence_and_twice_the_same(parts: list[str]) -> None:
    def answer() -> str:
        try:
            return text("".join(parts))
        except (Unreadable, Budget) as error:
            return repr(error)

    assert answer() == answer()
