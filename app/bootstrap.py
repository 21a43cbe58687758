"""The composition root: the only place where an engine is made of a store, a network and services by their
concrete names.

What a start opens is closed again, in the opposite order, when a later step fails or the start is broken off.
"""

import os
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from app.config import LaunchOptions
from app.domain.account import Account
from app.domain.errors import ErrorKind, KithError
from app.domain.finding import ToldFinding
from app.domain.name import clean_name
from app.instance.instance import Instance, OpenLink
from app.listening import listen_at, listen_everywhere
from app.ports.computer import Volume
from app.ports.store import Store
from app.services.messenger import Messenger
from app.services.overrides import Overrides
from app.storage.profile import (
    OpenProfile,
    create_profile,
    import_profile,
    make_profile_folder,
    open_profile,
    profile_exists,
)
from app.storage.volume import ProfileVolume
from crypto.discovery_key import DiscoveryKey
from crypto.identity import Identity
from net.errors import LocalError
from net.events import NetEvent
from net.host_firewall import running_firewall
from net.node import Node

PASSPHRASE_VARIABLE = "KITH_PASSPHRASE"  # noqa: S105 (its name)
IMPORT_PASSPHRASE_VARIABLE = "KITH_IMPORT_PASSPHRASE"  # noqa: S105
"""That of the file of ``--import``, if it is not the profile's."""


class ProfileGate:
    """:class:`app.services.gate.Gate` for the profile of one command line."""

    def __init__(self, options: LaunchOptions) -> None:
        self._options = options
        self._instance = Instance(options.profile)

    def exists(self) -> bool:
        return profile_exists(self._options.profile)

    async def attend(self, open_link: OpenLink) -> None:
        """See the protocol."""
        make_profile_folder(self._options.profile)
        self._instance.open_link = open_link
        await self._instance.serve()

    async def close(self) -> None:
        """See the protocol."""
        await self._instance.close()

    async def create(self, name: str, passphrase: str | None) -> Messenger:
        """See the protocol.  The account exists from the moment when everything that can fail has succeeded."""
        name = clean_name(name)
        draft = await create_profile(self._options.profile, passphrase=passphrase or self._given_passphrase())
        async with AsyncExitStack() as undo:
            undo.push_async_callback(draft.discard)
            account = Account(name, Identity.generate(), DiscoveryKey.generate(), created_at=time.time())
            engine = await self._engine(account, OpenProfile(draft.store, draft.safe), undo)
            await draft.keep()
            undo.pop_all()
        return await _started(engine)

    async def import_profile(
        self, exported: Path, exported_passphrase: str | None, passphrase: str | None
    ) -> Messenger:
        """See the protocol."""
        passphrase = passphrase or self._given_passphrase()
        if exported_passphrase is None:
            exported_passphrase = os.environ.get(IMPORT_PASSPHRASE_VARIABLE, passphrase or "")
        draft = await import_profile(self._options.profile, exported, exported_passphrase, passphrase=passphrase)
        async with AsyncExitStack() as undo:
            undo.push_async_callback(draft.discard)
            account = await draft.store.account()
            assert account is not None, "whoever imports sees to that"
            engine = await self._engine(account, OpenProfile(draft.store, draft.safe), undo)
            await draft.keep()
            undo.pop_all()
        return await _started(engine)

    async def open(self, passphrase: str | None) -> Messenger:
        """See the protocol."""
        profile = await open_profile(self._options.profile, passphrase or self._given_passphrase())
        async with AsyncExitStack() as undo:
            undo.push_async_callback(profile.store.close)
            account = await profile.store.account()
            assert account is not None, "an open profile has one"
            engine = await self._engine(account, profile, undo)
            undo.pop_all()
        return await _started(engine)

    async def _engine(self, account: Account, profile: OpenProfile, undo: AsyncExitStack) -> "Engine":
        """The engine, listening but not started; the account is stored with the port that it keeps."""

        def deliver(event: NetEvent) -> None:
            engine.handle(event)  # which stands by then: without peers nothing happens in a network

        if await self._instance.serve():
            undo.push_async_callback(self._instance.close)
        node = Node(on_event=deliver)
        undo.push_async_callback(node.close)
        account = await self._listen(node, account, profile.store)
        node.watch_addresses()
        volume = ProfileVolume(self._options.profile)
        overrides = Overrides(
            lan=self._options.lan,
            dht=self._options.dht,
            port_mapping=self._options.port_mapping,
            stun=self._options.asks_stun if self._options.asks_stun is not None else bool(self._options.stun) or None,
            stun_servers=self._options.stun,
            turn=self._options.turn,
            dht_bootstrap=self._options.dht_bootstrap,
        )
        engine = Engine(account, profile, node=node, volume=volume, overrides=overrides, instance=self._instance)
        return engine

    async def _listen(self, node: Node, account: Account, store: Store) -> Account:
        known = await store.settings()
        try:
            if self._options.listen:
                settings = await listen_at(node, self._options.listen, known)
            else:
                settings, account = {}, replace(account, port=await listen_everywhere(node, account.port))
        except LocalError as error:
            raise KithError(ErrorKind.LISTEN_FAILED) from error
        unit = store.begin()
        unit.put_account(account)
        for setting, value in settings.items():
            unit.put_setting(setting, value)
        await store.commit(unit)
        return account

    def _given_passphrase(self) -> str | None:
        """The passphrase of the command line or the environment; None leaves it to the keyring."""
        file = self._options.passphrase_file
        if file is None:
            return os.environ.get(PASSPHRASE_VARIABLE)
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise KithError(ErrorKind.PASSPHRASE_MISSING, "The passphrase file cannot be read.") from error
        return text.removesuffix("\n").removesuffix("\r")


class Engine(Messenger):
    """A messenger with a network of its own, which ends with it."""

    def __init__(
        self,
        account: Account,
        profile: OpenProfile,
        *,
        node: Node,
        volume: Volume,
        overrides: Overrides,
        instance: Instance,
    ) -> None:
        store, safe = profile
        super().__init__(
            account,
            store=store,
            network=node,
            clock=time.time,
            volume=volume,
            firewall=running_firewall,
            safe=safe,
            overrides=overrides,
        )
        self._node = node
        self._instance = instance

    async def start(self) -> None:
        await super().start()
        self._instance.examination = self._examined

    async def _examined(self) -> tuple[ToldFinding, ...]:
        return tuple(finding.told() for finding in await self.doctor())

    async def close(self) -> None:
        """Close the links, then finish what they brought; a connection that will not end keeps no profile open."""
        async with AsyncExitStack() as closing:
            closing.push_async_callback(super().close)
            closing.push_async_callback(self._node.close)
            closing.push_async_callback(self._instance.close)


async def _started(engine: Engine) -> Engine:
    try:
        await engine.start()
    except BaseException:
        await engine.close()
        raise
    return engine
