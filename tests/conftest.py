"""What holds for every test: no window on a screen, no real profile or keyring, and no unexpected log record."""

import logging
import os
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.support.log_records import Collector

if TYPE_CHECKING:  # what is imported here is imported before its coverage is measured
    from net.endpoint import Endpoint
    from net.server import ServerAddress

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
os.environ.pop("KITH_PASSPHRASE", None)

hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "explore")


@pytest.fixture(autouse=True)
def no_unexpected_log_records(request: pytest.FixtureRequest) -> Iterator[None]:
    """A warning or error in the log fails the test, unless it takes ``caplog`` or is marked ``expect_log``."""
    collector = Collector()
    logging.getLogger().addHandler(collector)
    yield
    logging.getLogger().removeHandler(collector)
    if "caplog" in request.fixturenames or request.node.get_closest_marker("expect_log"):
        return
    if collector.records:
        pytest.fail("unexpected log:\n" + "\n".join(described(record) for record in collector.records))


@pytest.fixture(autouse=True, scope="session")
def no_real_profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The per-user folders are temporary, so that no test can touch the profile of who runs it."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            patch.setenv(variable, str(tmp_path_factory.mktemp(variable.lower())))
        yield


@pytest.fixture(autouse=True, scope="session")
def no_public_stun_server() -> Iterator[None]:
    """No test asks them; in whole processes loopback, a flag or a namespace sees to that."""
    from net import asking  # noqa: PLC0415 - see above
    from net.server import PUBLIC_STUN  # noqa: PLC0415 - see above

    resolve = asking.resolve

    async def guarded(server: "ServerAddress", kind: socket.SocketKind) -> "tuple[Endpoint, ...]":
        assert server not in PUBLIC_STUN, "a test would ask a public STUN server"
        return await resolve(server, kind)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "resolve", guarded)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_real_router() -> Iterator[None]:
    """No test asks the router of the network it runs in: processes that may are in namespaces of their own."""

    from net import open_port  # noqa: PLC0415 - see above

    def load() -> object:
        raise AssertionError("a test would ask the real router for a port")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(open_port, "_load", load)
        yield


def described(record: logging.LogRecord) -> str:
    return f"{record.levelname} {record.name}: {record.getMessage()}"
