"""Real processes that talk over 127.0.0.1."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support.accounts import make_account
from tests.support.rpc_process import PASSPHRASE, RpcProcess

Start = Callable[..., RpcProcess]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts ``kith rpc`` on the profile of that name; whatever still runs at the end of the test is killed.

    ``account`` names an account to make beforehand, which opens faster than one that ``create`` has the process make.
    """
    with ExitStack() as running:

        def started(profile: str, *flags: str, account: str | None = None, **options: Any) -> RpcProcess:
            if account is not None:
                make_account(tmp_path / profile, account, PASSPHRASE)
            return running.enter_context(RpcProcess(tmp_path / profile, *flags, **options))

        yield started
