"""How languages write comments and strings, by Linguist's names of them."""

from __future__ import annotations

from typing import NamedTuple


class Syntax(NamedTuple):
    """What begins a comment to the end of the line, what stands around others, and what stands around strings.

    In languages with `docstrings`, a string in three quotes that begins a line is a comment as well.
    """

    lines: tuple[str, ...] = ()
    blocks: tuple[tuple[str, str], ...] = ()
    quotes: str = "\"'"
    docstrings: bool = False


_SLASHES = Syntax(("//",), (("/*", "*/"),))
_SCRIPT = Syntax(("//",), (("/*", "*/"),), "\"'`")
_HASH = Syntax(("#",))
_DASHES = Syntax(("--",), (("/*", "*/"),))
_SEMICOLON = Syntax((";",), (), '"')
_PERCENT = Syntax(("%",), (), "")
_MARKUP = Syntax((), (("<!--", "-->"),), "")

_BY_LANGUAGE: tuple[tuple[Syntax, tuple[str, ...]], ...] = (
    (_SLASHES, (
        "C", "C++", "C#", "Java", "Kotlin", "Scala", "Swift", "Objective-C", "Objective-C++", "Rust", "Dart",
        "Cuda", "HLSL", "GLSL", "WGSL", "Metal", "OpenCL", "Protocol Buffer", "Thrift", "Solidity", "Verilog",
        "SystemVerilog", "Zig", "V", "D", "Vala", "Haxe", "ActionScript", "SCSS", "Less", "Stylus", "Apex",
        "AngelScript", "Processing", "Jsonnet", "JSON5", "JSON with Comments", "Bicep", "Pony", "ShaderLab",
        "Unix Assembly", "Yacc", "Lex", "Move", "Cairo", "Chapel", "Ballerina",
    )),
    (_SCRIPT, ("JavaScript", "TypeScript", "TSX", "Go", "Groovy", "Gradle", "Vue", "Svelte", "QML", "Astro")),
    (Syntax((), (("/*", "*/"),)), ("CSS", "PostCSS")),
    (Syntax(("//", "#"), (("/*", "*/"),)), ("PHP", "Hack", "HCL", "Nix")),
    (_HASH._replace(docstrings=True), ("Python", "Cython", "Starlark", "GDScript")),
    (_HASH._replace(blocks=(("=begin", "=end"),)), ("Ruby", "Crystal")),
    (_HASH, (
        "Shell", "Perl", "Raku", "R", "YAML", "TOML", "Makefile", "Dockerfile", "Elixir", "Tcl", "Awk", "sed",
        "CMake", "fish", "Puppet", "Nim", "GraphQL", "Meson", "Just", "Nushell", "Java Properties", "Ignore List",
        "EditorConfig", "Mojo",
    )),
    (_HASH._replace(blocks=(("#=", "=#"),), quotes='"'), ("Julia",)),
    (_HASH._replace(blocks=(("<#", "#>"),)), ("PowerShell",)),
    (_HASH._replace(blocks=(("###", "###"),)), ("CoffeeScript",)),
    (_DASHES, ("SQL", "PLSQL", "PLpgSQL", "TSQL", "SQLPL")),
    (Syntax(("--",), (("--[[", "]]"),)), ("Lua", "Luau", "MoonScript")),
    (Syntax(("--",), (("{-", "-}"),), '"'), ("Haskell", "Elm", "PureScript", "Idris", "Agda", "Lean")),
    (Syntax(("--",), (), '"'), ("Ada", "VHDL", "Eiffel")),
    (_SEMICOLON, (
        "Clojure", "Common Lisp", "Scheme", "Racket", "Emacs Lisp", "Assembly", "INI", "AutoHotkey", "LLVM",
        "NewLisp", "Fennel", "Hy", "WebAssembly", "Motorola 68K Assembly",
    )),
    (_PERCENT, ("TeX", "Erlang", "MATLAB", "Prolog", "PostScript", "BibTeX")),
    (Syntax((), (("(*", "*)"),), '"'), ("OCaml", "Standard ML", "Rocq Prover", "Wolfram Language", "Isabelle")),
    (Syntax(("//",), (("(*", "*)"),), '"'), ("F#",)),
    (Syntax(("//",), (("{", "}"), ("(*", "*)")), "'"), ("Pascal", "Modula-2")),
    (Syntax(("!",)), ("Fortran", "Fortran Free Form", "Factor")),
    (Syntax(("'",), (), '"'), ("Visual Basic .NET", "VBA", "VBScript", "Visual Basic 6.0", "BASIC", "FreeBASIC")),
    (Syntax(('"',), (), ""), ("Vim script",)),
    (_MARKUP, ("HTML", "XML", "SVG", "Markdown", "XSLT", "Maven POM")),
)  # fmt: skip

SYNTAX: dict[str, Syntax] = {name: syntax for syntax, names in _BY_LANGUAGE for name in names}


def comment_line(text: str, language: str | None) -> str:
    """The text as a line of comment in a language; with `#` where its comments are not known."""
    syntax = SYNTAX.get(language or "", _HASH)
    if syntax.lines:
        return f"{syntax.lines[0]} {text}"
    before, after = syntax.blocks[0]
    return f"{before} {text} {after}"
