"""Kith on one computer, without a second person: ``python3 dev.py demo``.

A window opens on a new profile; beside it runs a second Kith without a window, Kit.  The two meet over loopback by a
real invite, and Kit answers what one writes.  Both profiles lie in a temporary folder, which is deleted at the end.
"""

import contextlib
import itertools
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.rpc_process import LOOPBACK_ONLY, PASSPHRASE, ROOT, ProcessEndedError, RpcProcess

GREETINGS = (
    "Hello! I am Kit, a second Kith on this computer, without a window. We met a moment ago by an invite.",
    "Write something. One tick: it left. Two ticks: it is on my disk. Coloured: I have read it.",
)
ANSWERS = (
    "I read “{text}”. It came here end-to-end encrypted, from your computer to your computer.",
    "“{text}”: understood. Close my process and write on: what you write waits, and leaves when I am back.",
    "“{text}”, you say. Choose my name above to see the safety number that two people would compare.",
)
QUOTED_CHARACTERS = 60
POLL_S = 0.2


class Kit:
    """The one who answers: a script around ``kith rpc``, as anybody could write it."""

    def __init__(self, profile: Path) -> None:
        self.process = RpcProcess(profile, create="Kit")
        self._answers = itertools.cycle(ANSWERS)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._live, name="kit")

    def invite(self) -> str:
        """A link to Kit."""
        return str(self.process.call("contacts.invite")["link"])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()
        self.process.close()

    def _live(self) -> None:
        with contextlib.suppress(ProcessEndedError, BrokenPipeError):
            while not self._over.wait(POLL_S):
                for news in self.process.take()[1]:
                    self._take(news["method"], news["params"])

    def _take(self, method: str, params: dict[str, Any]) -> None:
        if method == "contact.added":
            say("Kit and you have met")
            for greeting in GREETINGS:
                self.process.call("messages.send", contact=params["contact"], text=greeting)
        elif method == "message.received":
            say("Kit has your message, and answers")
            contact, text = params["contact"], params["text"][:QUOTED_CHARACTERS]
            self.process.call("messages.mark_read", contact=contact, up_to=params["message"])
            self.process.call("messages.send", contact=contact, text=next(self._answers).format(text=text))
        elif method == "message.state" and params["state"] == "delivered":
            say("a message of Kit's is on your disk")


def say(words: str) -> None:
    print(f"demo: {words}", flush=True)  # noqa: T201 (it talks to the terminal)


@contextlib.contextmanager
def kit_in(folder: Path) -> Iterator[Kit]:
    kit = Kit(folder / "kit")
    with kit.process:
        kit.process.ready()
        yield kit


def make_profile(folder: Path, link: str) -> None:
    """A profile that knows Kit's link and nothing else; the window then follows it."""
    with RpcProcess(folder, create="You") as process:
        process.ready()
        process.call("contacts.add", link=link, name="Kit")
        process.close()


def show_window(profile: Path) -> int:
    """Run the window until it is closed; its exit status."""
    command = [sys.executable, "-m", "app", "--profile", str(profile), *LOOPBACK_ONLY]
    window = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "KITH_PASSPHRASE": PASSPHRASE})
    try:
        return window.wait()
    except KeyboardInterrupt:
        return window.wait()  # the terminal interrupted it, too, and it closes in order


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="kith-demo-") as name:
        folder = Path(name)
        say("Kit starts")
        with kit_in(folder) as kit:
            make_profile(folder / "you", kit.invite())
            kit.start()
            say(f"the window opens; choose Kit in the list, and write. Ctrl+L locks it, and “{PASSPHRASE}” unlocks it")
            say("Ctrl+Q ends everything")
            try:
                return show_window(folder / "you")
            finally:
                kit.stop()
                say("over; both profiles are deleted")


if __name__ == "__main__":
    sys.exit(main())
