"""What commands and environments of LaTeX are, by their names: of the kernel, common packages and classes."""

from __future__ import annotations

SECTIONS = {
    "part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5, "subparagraph": 6,
}  # fmt: skip
MATHS = frozenset(
    ("equation", "align", "gather", "multline", "eqnarray", "displaymath", "alignat", "flalign", "math", "dmath")
)
CODE = frozenset(("verbatim", "Verbatim", "lstlisting", "minted", "alltt", "algorithmic"))
OF_CODE = ("code", "verbatim", "listing")  # how environments of a paper's own are called
FLOATS = {
    "figure": "Figure", "wrapfigure": "Figure", "SCfigure": "Figure", "table": "Table", "wraptable": "Table",
    "sidewaysfigure": "Figure", "sidewaystable": "Table", "algorithm": "Algorithm", "listing": "Listing",
}  # fmt: skip
PARTS = frozenset(("subfigure", "subtable"))
WITHOUT_NUMBER = frozenset(("displaymath", "math", "dmath", "proof"))
TABLES = frozenset(("tabular", "tabularx", "tabulary", "longtable", "tabu"))
DROPPED = frozenset(("tikzpicture", "pgfpicture", "picture", "comment", "CCSXML", "filecontents", "pspicture"))
LISTS = frozenset(("itemize", "enumerate", "description", "compactitem", "compactenum", "inparaenum"))
THEOREMS = {
    "theorem": "Theorem", "thm": "Theorem", "lemma": "Lemma", "lem": "Lemma", "proposition": "Proposition",
    "prop": "Proposition", "corollary": "Corollary", "cor": "Corollary", "definition": "Definition",
    "defn": "Definition", "remark": "Remark", "rem": "Remark", "example": "Example", "conjecture": "Conjecture",
    "claim": "Claim", "proof": "Proof",
}  # fmt: skip
SHOWN = frozenset(
    ("textbf", "textit", "emph", "texttt", "textsc", "textsf", "textrm", "textsl", "textup", "text", "mbox", "uline",
     "underline", "textnormal", "enquote", "hbox", "textmd", "MakeUppercase", "uppercase", "path", "nolinkurl", "url")
)  # fmt: skip
CITES = frozenset(("cite", "citep", "citet", "citealp", "citealt", "citeauthor", "citeyear", "parencite", "textcite",
                    "autocite", "footcite", "Citet", "Citep"))  # fmt: skip
REFS = frozenset(("ref", "eqref", "cref", "Cref", "autoref", "pageref", "nameref"))
GLUE = frozenset(("vskip", "hskip", "kern", "vglue", "hglue", "mskip"))
# Arguments, in braces, of commands that show nothing.
HIDDEN = {
    "vspace": 1, "hspace": 1, "includegraphics": 1, "bibliographystyle": 1, "pagestyle": 1,
    "thispagestyle": 1, "setlength": 2, "addtolength": 2, "setcounter": 2, "addtocounter": 2, "index": 1,
    "thanks": 1, "hypersetup": 1, "documentclass": 1, "RequirePackage": 1, "graphicspath": 1, "color": 1,
    "cline": 1, "cmidrule": 1, "theoremstyle": 1, "phantom": 1, "hphantom": 1, "vphantom": 1,
    "markboth": 2, "markright": 1, "pagenumbering": 1, "addcontentsline": 3, "newcounter": 1, "stepcounter": 1,
    "refstepcounter": 1, "newenvironment": 3, "renewenvironment": 3, "definecolor": 3, "geometry": 1,
    "hyphenation": 1, "usetikzlibrary": 1, "newlength": 1, "fontsize": 2, "affiliation": 1, "address": 1,
    "email": 1, "nocite": 1, "newblock": 0, "bibitem": 1, "captionsetup": 1, "tikzset": 1,
    "lstset": 1, "keywords": 1, "pacs": 1, "ead": 1, "orcid": 1, "institute": 1, "titlerunning": 1,
    "authorrunning": 1, "rule": 2, "raisebox": 1, "scalebox": 1, "resizebox": 2, "textcolor": 1, "colorbox": 1,
    "fcolorbox": 2, "href": 1, "multicolumn": 2, "multirow": 2, "selectlanguage": 1, "sisetup": 1,
    "parbox": 1, "linespread": 1, "pdfbookmark": 2, "currentpdfbookmark": 2, "belowpdfbookmark": 2,
    "phantomsection": 0,
}  # fmt: skip
