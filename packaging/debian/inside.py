"""What ``packaging/debian/try`` does inside the new Debian."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

PROFILES = Path("/root/profiles")
PASSPHRASE = "correct horse battery staple"  # noqa: S105 (of a profile that is thrown away)
PATIENCE_S = 60.0
ENVIRONMENT = os.environ | {"KITH_PASSPHRASE": PASSPHRASE}
NOT_THE_INTERNET = ("--no-dht", "--no-port-mapping", "--no-stun")


class Rpc:
    """One installed ``kith rpc``, in a network namespace."""

    def __init__(self, name: str, namespace: str) -> None:
        command = ["ip", "netns", "exec", namespace, "kith", "rpc", "--profile", str(PROFILES / name.lower())]
        self._process = subprocess.Popen(
            [*command, "--create", name, *NOT_THE_INTERNET],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=ENVIRONMENT,
            text=True,
        )
        self._told: list[dict[str, Any]] = []
        self._number = 0
        self.told("ready")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        assert self._process.wait(PATIENCE_S) == 0, "it did not end well"

    def call(self, method: str, **params: object) -> Any:
        self._number += 1
        request = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._read(lambda line: line.get("id") == self._number)
        return answer["result"]

    def told(self, method: str, **expected: object) -> dict[str, Any]:
        def fits(line: dict[str, Any]) -> bool:
            params = line.get("params", {})
            return line.get("method") == method and all(params.get(name) == it for name, it in expected.items())

        for line in self._told:
            if fits(line):
                return line["params"]
        return self._read(fits)["params"]

    def _read(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        for text in self._process.stdout:
            line = json.loads(text)
            self._told.append(line)
            if fits(line):
                return line
        raise SystemExit("kith rpc ended")


def run(*command: str) -> None:
    subprocess.run(command, check=True)


def two_copies_talk() -> None:
    with ExitStack() as undo:
        run("ip", "link", "add", "kithbr", "type", "bridge")
        undo.callback(run, "ip", "link", "del", "kithbr")
        run("ip", "link", "set", "kithbr", "up")
        for number, name in enumerate(("kith-a", "kith-b"), 1):
            run("ip", "netns", "add", name)
            undo.callback(run, "ip", "netns", "del", name)
            run("ip", "link", "add", f"kith{number}", "type", "veth", "peer", "name", "eth0", "netns", name)
            run("ip", "link", "set", f"kith{number}", "master", "kithbr", "up")
            run("ip", "-n", name, "addr", "add", f"10.77.0.{number}/24", "dev", "eth0")
            run("ip", "-n", name, "link", "set", "eth0", "up")
            run("ip", "-n", name, "link", "set", "lo", "up")
            run("ip", "-n", name, "route", "add", "default", "dev", "eth0")
        with Rpc("Alice", "kith-a") as alice, Rpc("Bob", "kith-b") as bob:
            link = alice.call("contacts.invite")["link"]
            alice_id = bob.call("contacts.add", link=link)["contact"]
            bob_id = alice.told("contact.added")["contact"]
            bob.told("contact.added", contact=alice_id)
            for sender, contact in ((alice, bob_id), (bob, alice_id)):
                message = sender.call("messages.send", contact=contact, text="hello")["message"]
                sender.told("message.state", message=message, state="delivered")
    print("two installed copies met and talked")


def window_takes_links() -> None:
    with ExitStack() as undo:
        screen = subprocess.Popen(["Xvfb", ":77", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
        undo.callback(screen.wait)
        undo.callback(screen.terminate)
        environment = ENVIRONMENT | {"DISPLAY": ":77", "XDG_DATA_HOME": "/root/data"}
        shown = subprocess.Popen(["kith", "--no-lan", *NOT_THE_INTERNET], env=environment)
        undo.callback(shown.wait)
        undo.callback(shown.terminate)
        wait_for(lambda: any(Path("/root/data").rglob("instance.*")))
        assert shown.poll() is None, "the window ended"
        run("update-desktop-database") if shutil.which("update-desktop-database") else None
        opened = subprocess.run(
            ["xdg-open", "kith:AAAA"],
            env=environment | {"XDG_CURRENT_DESKTOP": "X-Generic"},
            timeout=PATIENCE_S,
            check=False,
        )
        assert opened.returncode == 0, "the link was not taken"
        handed = subprocess.run(["kith", "kith:AAAA"], env=environment, timeout=PATIENCE_S, check=False)
        assert handed.returncode == 0, "the second start did not hand its link over"
        time.sleep(1)
        assert shown.poll() is None, "the window ended when it was given a link"
    print("the window started, and links reach it")


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


if __name__ == "__main__":
    PROFILES.mkdir(exist_ok=True)
    two_copies_talk()
    window_takes_links()
