"""Reference lists in any style of the Citation Style Language (CSL, citationstyles.org), set by pandoc.

`citer()` gives what answers `ports.Citer`. The titles of all styles are shipped here (`styles.tsv.gz`, see NOTICE); the
styles themselves and pandoc come with the extra `[cite]`, looked for when a list is first made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evidence.citing.lists import PandocCiter


def citer() -> PandocCiter:
    """The one that sets lists with the pandoc and the styles that are installed."""
    from evidence.citing import installed
    from evidence.citing.lists import PandocCiter

    return PandocCiter(installed.pandoc, installed.styles)


__all__ = ["citer"]
