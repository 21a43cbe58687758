"""The survivors that ``docs/mutation.md`` explains.

## crypto.ratchet.chain
| `before` | `after` | why no test could tell |
"""

import re

from tests.mutation.modules import ROOT

DOCUMENT = ROOT / "docs" / "mutation.md"

_HEADING = re.compile(r"^#+ `?((?:crypto|net)[\w.]*)`?")
_ROW = re.compile(r"^\| `(.+?)` \| `(.*?)` \| (.+) \|$")


def explained(text: str) -> dict[str, set[tuple[str, str]]]:
    """By module, the lines before and after each change that is explained."""
    found: dict[str, set[tuple[str, str]]] = {}
    module = ""
    for line in text.splitlines():
        if heading := _HEADING.match(line):
            module = heading[1]
        elif row := _ROW.match(line):
            found.setdefault(module, set()).add((_unescaped(row[1]), _unescaped(row[2])))
    return found


def escaped(code: str) -> str:
    """A line of code as it stands in a table."""
    return code.replace("|", "\\|")


def _unescaped(cell: str) -> str:
    return cell.replace("\\|", "|")
