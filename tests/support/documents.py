"""What the documents say that can be checked: their links, and the commands that they show."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.tree import ROOT, tracked_files

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^ {4,}(\S.*)$", re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_COMMENT = re.compile(r"\s+#\s.*$")
_PROMPTS = ("$", "sudo", "python3")


@dataclass(frozen=True, slots=True)
class Shown:
    """One command in a document, without prompt, ``sudo`` and interpreter."""

    document: str
    program: str
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.document}: {shlex.join([self.program, *self.arguments])}"


def documents() -> list[Path]:
    return [path for path in tracked_files() if path.suffix == ".md"]


def links(text: str) -> list[str]:
    """The targets of a page's links and pictures."""
    return _LINK.findall(_without_blocks(text))


def anchors(text: str) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    return {_anchor(heading) for heading in _HEADING.findall(_without_blocks(text))}


def commands(path: Path) -> Iterator[Shown]:
    """Whatever is code in the document and starts with a program of the tree, or follows a prompt."""
    text = path.read_text(encoding="utf-8")
    said = [span for span in _SPAN.findall(_without_blocks(text)) if " " in span or span == "kith"]  # or it is a name
    for line in (*_block_lines(text), *said):
        words = _words(line)
        if words and (_is_of_the_tree(words[0]) or line.startswith("$ ")):
            yield Shown(path.relative_to(ROOT).as_posix(), words[0], tuple(words[1:]))


def flags(path: Path) -> set[str]:
    """The options that the document names by themselves, as ``--this``."""
    spans = _SPAN.findall(_without_blocks(path.read_text(encoding="utf-8")))
    return {flag for span in spans if span.startswith("--") for flag in re.findall(r"--[a-z][a-z-]+", span)}


def _block_lines(text: str) -> list[str]:
    fenced = [line for language, body in _FENCED.findall(text) if language != "python" for line in body.splitlines()]
    return [*fenced, *_INDENTED.findall(_FENCED.sub("", text))]


def _without_blocks(text: str) -> str:
    return _INDENTED.sub("", _FENCED.sub("", text))


def _words(line: str) -> list[str]:
    try:
        words = shlex.split(_COMMENT.sub("", line))
    except ValueError:  # prose with an apostrophe
        return []
    while words and words[0] in _PROMPTS:
        del words[0]
    return words


def _is_of_the_tree(program: str) -> bool:
    is_script = "/" in program and (ROOT / program).suffix in {"", ".sh"} and (ROOT / program).is_file()
    return is_script or program in {"dev.py", "make"} or Path(program).name == "kith"


def _anchor(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")
