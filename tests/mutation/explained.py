"""The survivors that ``docs/mutation.md`` explains.

## crypto.ratchet.chain
| `before` | `after` | why no test could tell |
| `before` | any | why no test could tell any change there |
"""

import re

from tests.mutation.modules import ROOT

DOCUMENT = ROOT / "docs" / "mutation.md"

_HEADING = re.compile(r"^#+ `?((?:crypto|net)[\w.]*)`?")
_ROW = re.compile(r"^\| `(.+?)` \| (?:`(.*?)`|any) \| (.+) \|$")

Explanations = dict[str, set[tuple[str, str | None]]]
"""By module, the lines before and after each change that is explained; None stands for any after."""


def explained(text: str) -> Explanations:
    """What a text in the form above explains."""
    found: Explanations = {}
    module = ""
    for line in text.splitlines():
        if heading := _HEADING.match(line):
            module = heading[1]
        elif row := _ROW.match(line):
            after = None if row[2] is None else _unescaped(row[2])
            found.setdefault(module, set()).add((_unescaped(row[1]), after))
    return found


def escaped(code: str) -> str:
    """A line of code as it stands in a table."""
    return code.replace("|", "\\|")


def _unescaped(cell: str) -> str:
    return cell.replace("\\|", "|")
