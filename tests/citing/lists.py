"""What the tests of reference lists share: works, and a citer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evidence.citing import citer, installed
from evidence.model.csl import from_csl
from evidence.model.reference import Reference
from evidence.ports import Formatted

HERE = Path(__file__).parent
SIX = [from_csl(one) for one in json.loads((HERE / "six.json").read_text("utf-8"))]

needs_extra = pytest.mark.skipif(
    installed.pandoc() is None or installed.styles() is None,
    reason='NO REFERENCE LIST IS TESTED: pandoc or the styles are not installed (pip install "evidence[cite]")',
)


def article(**fields: Any) -> Reference:
    """A journal article, whole but for what `fields` say otherwise."""
    whole: dict[str, Any] = {
        "id": "a", "type": "article-journal", "title": "A title", "author": [{"family": "Li", "given": "KD"}],
        "container-title": "Journal of Sleep", "container-title-short": "J Sleep", "issued": {"date-parts": [[2001]]},
        "volume": "3", "issue": "1", "page": "1-9",
    }  # fmt: skip
    return from_csl(whole | {name.replace("_", "-"): value for name, value in fields.items()})


def one(reference: Reference, style: str = "ama", *, pmid: bool = False) -> Formatted:
    """The only reference of a list."""
    return citer().format([reference], style, pmid=pmid)[0]
