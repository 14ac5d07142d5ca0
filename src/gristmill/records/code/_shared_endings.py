"""Tells languages apart that share an ending, by patterns that one of them has in its texts."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

_OBJECTIVE_C = (
    r"(?m)^\s*(?:@(?:interface|class|protocol|property|end|selector|implementation)\b"
    r"|#import\s+.+\.h[\">])"
)
_CPP = (
    r"(?m)^\s*(?:#\s*include <(?:cstdint|string|vector|map|list|array|memory|[a-z_]*stream|functional|utility)>"
    r"|template\s*<|class\s+\w+|namespace\s+\w*\s*\{?|using\s+namespace|(?:private|public|protected)\s*:)|\bstd::\w+"
)
_XML = r"^\s*<\?xml\b|^\s*<!DOCTYPE (?:TS|RCC)\b|^\s*<TS\b"
_PERL = r"(?m)^\s*(?:use\s+(?:strict\b|v?5\b|\w+)|package\s+\w|sub\s+\w|my\s+[$@%])"
_MODULE_2 = r"(?mi)^\s*(?:(?:implementation|definition) )?module \w+;"
_ADBLOCK = r"^\[(?:Adblock|uBlock)"
_C_COMMENT = r"(?m)^\s*(?://|/\*)"

_PATTERNS: dict[str, tuple[tuple[str, str], ...]] = {
    ".as": (("ActionScript", r"(?m)^\s*(?:package\b|import [\w.*]+;|public class )"), ("AngelScript", "")),
    ".bas": (("VBA", r"(?m)^Attribute VB_Name"), ("BASIC", "")),
    ".bb": (("BitBake", r"(?m)^\s*(?:inherit|require|SUMMARY|LICENSE|SRC_URI|DESCRIPTION)\b"), ("BlitzBasic", "")),
    ".cl": (("Common Lisp", r"(?mi)^\s*\((?:defun|in-package|defpackage) "), ("OpenCL", "")),
    ".cls": (
        ("TeX", r"(?m)^\s*\\(?:NeedsTeXFormat|ProvidesClass)\b|^%"),
        ("VBA", r"(?m)^VERSION 1\.0 CLASS|^Attribute VB_"),
        ("Apex", ""),
    ),
    ".cs": (("Smalltalk", r"(?m)^![\w\s]+methodsFor: "), ("C#", "")),
    ".d": (
        ("Makefile", r"(?m)^[^\s#:]+\s*:(?:[^=]|$).*\\?$.*\\\n"),
        ("DTrace", r"(?m)^(?:\w+:){2,}|^#pragma D option"),
        ("D", ""),
    ),
    ".f": (("Forth", r"(?m)^: "), ("Fortran", "")),
    ".for": (("Forth", r"(?m)^: "), ("Fortran", "")),
    ".fs": (
        ("Forth", r"(?m)^(?:: |new-device)"),
        ("F#", r"(?m)^\s*(?:#light|import|let|module|namespace|open|type)\b"),
        ("GLSL", r"(?m)^\s*(?:#version|precision|uniform|varying|vec[234])\b"),
        ("F#", ""),
    ),
    ".gd": (("GAP", r"\s*(?:Declare|BindGlobal|KeyDependentOperation)"), ("GDScript", "")),
    ".h": (("Objective-C", _OBJECTIVE_C), ("C++", _CPP), ("C", "")),
    ".html": (("HTML", ""),),
    ".inc": (
        ("PHP", r"<\?(?:php|=)"),
        ("Pascal", r"(?mi)^\s*(?:\{\$|unit |interface|procedure )"),
        ("C++", r"(?m)^\s*(?://|/\*|#\s*(?:include|if|define))"),
        ("Assembly", r"(?m)^\s*(?:;|\.macro|%macro)"),
        ("HTML", r"<\w+"),
    ),
    ".json": (("JSON", ""),),
    ".l": (
        ("Common Lisp", r"(?m)^\s*\((?:def|in-package|defun)"),
        ("Roff", r"(?m)^\.[A-Za-z]{2}\b"),
        ("Lex", r"(?m)^(?:%[%{}])"),
    ),
    ".m": (
        ("Objective-C", _OBJECTIVE_C + r"|" + _C_COMMENT),
        ("Wolfram Language", r"\(\*|\*\)$"),
        ("MATLAB", r"(?m)^\s*(?:%|function\b|classdef\b|end\b)|^\s*[\w(), \[\]]+\s*=\s*.*;\s*$"),
        ("Mercury", r"(?m)^:- module"),
        ("MATLAB", ""),
    ),
    ".md": (("GCC Machine Description", r"(?m)^(?:;;|\(define_)"), ("Markdown", "")),
    ".ml": (("Standard ML", r"(?m)^\s*(?:structure|functor|signature)\s+\w+\s*[:=(]"), ("OCaml", "")),
    ".mm": (("XML", _XML), ("Objective-C++", "")),
    ".mod": (("XML", r"<!ENTITY "), ("Modula-2", _MODULE_2), ("AMPL", "")),
    ".php": (("Hack", r"<\?hh"), ("PHP", "")),
    ".pl": (
        ("Prolog", r"(?m)^[^#\n]*:-"),
        ("Perl", _PERL),
        ("Raku", r"(?m)^\s*(?:use\s+v6\b|\bmodule\b)"),
        ("Perl", ""),
    ),
    ".pm": (("Raku", r"(?m)^\s*(?:use\s+v6\b|unit module\b)"), ("X PixMap", r"/\* XPM \*/"), ("Perl", "")),
    ".pp": (("Pascal", r"(?mi)^\s*(?:begin|end[.;]|unit \w+;|program \w+;)"), ("Puppet", "")),
    ".pro": (
        ("Proguard", r"(?m)^-(?:keep|dontwarn|include\b)"),
        ("Prolog", r"(?m)^[^\[#\n]+:-"),
        ("QMake", r"[\w.]+\s*\+?="),
        ("IDL", ""),
    ),
    ".properties": (("Java Properties", ""),),
    ".r": (("Rebol", r"(?i)\brebol\b\s*\["), ("R", "")),
    ".rs": (
        ("Rust", r"(?m)^\s*(?:use |fn |mod |pub |macro_rules|impl|#!?\[)"),
        ("RenderScript", r"(?m)#include|#pragma\s+(?:rs|version)|__attribute__"),
        ("XML", _XML),
        ("Rust", ""),
    ),
    ".s": (("Unix Assembly", ""),),
    ".sch": (("XML", _XML), ("KiCad Schematic", r"^(?:EESchema|\(kicad_sch)"), ("Scheme", "")),
    ".scm": (("Tree-sitter Query", r"(?m)^\s*\((?:\w+_)+\w+\b[^\n]*\)?\s*@\w+"), ("Scheme", "")),
    ".sql": (
        ("PLpgSQL", r"(?mi)^\\i\b|\bAS \$\$|\bLANGUAGE '?plpgsql'?|\bBEGIN(?: WORK| TRANSACTION)?;"),
        ("PLSQL", r"(?i)\$\$PLSQL_|\bXMLTYPE\b|\bsys_refcursor\b|\.(?:nextval|currval)\b|\bPACKAGE BODY\b"),
        ("TSQL", r"(?mi)^\s*GO\b|\bBEGIN\s+(?:TRY|CATCH)\b|\bOUTPUT\s+INSERTED\b|\bDECLARE\s+@"),
        ("SQL", ""),
    ),
    ".srt": (("SubRip Text", ""),),
    ".st": (("StringTemplate", r"\$\w+[($]|<%"), ("Smalltalk", "")),
    ".t": (("Perl", _PERL), ("Turing", r"(?m)^\s*(?:put|var \w+ :)"), ("Perl", "")),
    ".ts": (("XML", _XML), ("TypeScript", "")),
    ".tsx": (("XML", _XML), ("TSX", "")),
    ".txt": (("Vim Help File", r"(?m)^\s*vim:.*\bft=help\b"), ("Adblock Filter List", _ADBLOCK), ("Text", "")),
    ".v": (
        ("Rocq Prover", r"(?m)^\s*(?:Proof|Qed|Theorem|Lemma|Require|From \w+ Require|Inductive|Definition)\b"),
        ("Verilog", r"(?m)^[ \t]*(?:module\s+[^\s()]+\s+#?\(|endmodule|`\w+|always\s+@|assign\b)"),
        ("V", r"(?m)^\s*(?:module|import|fn|pub fn)\s+\w+"),
        ("Verilog", ""),
    ),
    ".vba": (("Vim script", r"^UseVimball"), ("VBA", "")),
    ".yaml": (("YAML", ""),),
    ".yml": (("YAML", ""),),
}  # fmt: skip
"""By ending the patterns in the order they are tried; an empty one always fits."""


def choose(ending: str, languages: Sequence[str], head: str) -> str:
    """The first language whose pattern the text has, else the first of `languages`."""
    for language, pattern in _PATTERNS.get(ending, ()):
        if not pattern or pc.match_substring_regex(pa.scalar(head, pa.large_string()), pattern).as_py():
            return language
    return languages[0]
