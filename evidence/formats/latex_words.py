"""The words of LaTeX that this project knows: accents, symbols, and commands that only dress what they hold."""

from __future__ import annotations

# `\'e`, `\v{s}`: the combining character of each accent. Source: LaTeX2e reference manual, 23.5.
ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip
SYMBOLS = {
    "textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "textasciitilde": "~", "lbrace": "{",
    "rbrace": "}", "textasciicircum": "^", "newline": "\n", "par": "\n", "space": " ", "quad": " ", "qquad": " ",
    "textendash": "–", "textemdash": "—", "textquotesingle": "'", "textquotedbl": '"', "textless": "<",
    "textgreater": ">", "textbar": "|", "textperiodcentered": "·", "textpm": "±", "textmu": "µ", "textbullet": "•",
    "textregistered": "®", "texttrademark": "™", "textdegree": "°", "degree": "°", "slash": "/", "ldots": "…",
    "dots": "…", "textellipsis": "…", "i": "ı", "j": "ȷ", "textunderscore": "_", "textdollar": "$",
    "guillemotleft": "«", "guillemotright": "»", "copyright": "©", "textquoteright": "’", "textquoteleft": "‘",
    "textquotedblleft": "“", "textquotedblright": "”", "textonehalf": "½", "texttimes": "×", "textpertenthousand": "‱",
    "textasciigrave": "`", "S": "§", "textsection": "§", "P": "¶", "textparagraph": "¶", "pounds": "£", "euro": "€",
    "glqq": "„", "grqq": "“", "glq": "‚", "grq": "‘", "flqq": "«", "frqq": "»", "og": "« ", "fg": " »",
    "quotedblbase": "„", "quotesinglbase": "‚", "textquotestraightbase": "‚", "thinspace": " ", "nobreakspace": " ",
    "hyphen": "-", "SS": "SS", "textinterrobang": "‽", "textnumero": "№", "textordmasculine": "º", "textordfeminine": "ª",
    "TeX": "TeX", "LaTeX": "LaTeX", "LaTeXe": "LaTeX2e", "BibTeX": "BibTeX", "XeTeX": "XeTeX", "LuaTeX": "LuaTeX",
    "pdfTeX": "pdfTeX", "ConTeXt": "ConTeXt", "AmSTeX": "AMS-TeX", "AmS": "AMS",
}  # fmt: skip
ESCAPED = {
    **{mark: mark for mark in "&%$#_{}"}, "\\": " ", " ": " ", "\n": " ", ",": " ", ";": " ", ":": " ", "!": "",
    "/": "", "-": "", "@": "", "(": "$", ")": "$", "[": "$", "]": "$",
}  # fmt: skip
# Commands whose argument, or what follows them in their group, is set in a way that titles and abstracts keep.
# `\textit{…}` and biblatex's own; sources: LaTeX2e reference manual, 4.1; biblatex manual, 4.10.4.
TAGGED = {
    "textit": "i", "emph": "i", "textsl": "i", "mkbibemph": "i", "mkbibitalic": "i", "textbf": "b", "mkbibbold": "b",
    "textsubscript": "sub", "sb": "sub", "textsuperscript": "sup", "sp": "sup",
}  # fmt: skip
DECLARED = {"it": "i", "em": "i", "itshape": "i", "sl": "i", "bf": "b", "bfseries": "b"}
# Commands that only dress their argument: the words stay.
DRESS = frozenset(
    (
        "textit", "textbf", "textrm", "textsf", "texttt", "textsc", "textsl", "textup", "textmd", "textnormal",
        "text", "textsuperscript", "textsubscript", "emph", "underline", "uline", "mathrm", "mathbf", "mathit",
        "mathsf", "mathtt", "mathcal", "mathbb", "mathnormal", "boldsymbol", "ensuremath", "mbox", "hbox", "bf",
        "it", "rm", "sf", "tt", "sc", "sl", "em", "bfseries", "itshape", "rmfamily", "sffamily", "ttfamily",
        "scshape", "upshape", "normalfont", "protect", "relax", "url", "nolinkurl", "path", "uppercase", "lowercase", "MakeUppercase", "MakeLowercase", "nocase", "NoCaseChange",
        "small", "large", "footnotesize", "left", "right", "displaystyle", "textstyle", "natexlab", "bibnamefont", "bibfnamefont", "ignorespaces", "unskip", "sb", "sp",
        "mkbibemph", "mkbibitalic", "mkbibbold",
    )
)  # fmt: skip
# Commands whose first argument is no text of the work: a link's address, a colour, a key to sort by.
UNPRINTED = frozenset(
    (
        "href", "textcolor", "color", "foreignlanguage", "selectlanguage", "begin", "end", "hspace", "vspace", "label",
        "noopsort", "NOOPSORT", "SortNoop", "SortNoOp", "sortnoop", "bibinfo", "bibfield", "phantom", "hphantom",
    )
)  # fmt: skip
# Commands that put their argument between quotation marks, inner ones with a star.
QUOTES = frozenset(("enquote", "mkbibquote", "textquote", "blockquote"))
