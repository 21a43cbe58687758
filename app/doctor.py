"""``kith doctor``: a self-check in words, or as JSON for programs."""

import asyncio
import json
import sys
import textwrap
from collections.abc import Coroutine, Sequence

from app.domain.finding import ToldFinding
from app.services.doctor import has_path

WIDTH = 100

EXIT_PATH, EXIT_NO_PATH = 0, 1


def run(examination: Coroutine[object, object, Sequence[ToldFinding]], *, as_json: bool) -> int:
    """Print what the examination finds; the exit code says whether there is a path to anybody."""
    findings = asyncio.run(examination)
    sys.stdout.write(_as_json(findings) if as_json else _in_words(findings))
    return EXIT_PATH if has_path(findings) else EXIT_NO_PATH


def _as_json(findings: Sequence[ToldFinding]) -> str:
    return json.dumps({"findings": [finding.to_row() for finding in findings]}) + "\n"


def _in_words(findings: Sequence[ToldFinding]) -> str:
    return "".join(map(_paragraph, findings))


def _paragraph(finding: ToldFinding) -> str:
    """``ok`` or ``--`` before what was seen, what to do about it below."""
    mark = "ok" if finding.ok else "--"
    seen = textwrap.fill(finding.detail, WIDTH, initial_indent=f"{mark}  ", subsequent_indent="    ")
    if finding.advice is None:
        return seen + "\n"
    todo = textwrap.fill(finding.advice, WIDTH, initial_indent="    > ", subsequent_indent="      ")
    return f"{seen}\n{todo}\n"
