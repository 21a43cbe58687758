"""The composition root: the only place where store, network and services meet by their concrete names.

What a start opens is closed again, in the opposite order, when a later step fails or the start is broken off.
"""

import os
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from app.config import LaunchOptions
from app.domain.account import Account
from app.domain.errors import ErrorKind, KithError
from app.domain.finding import Finding, ToldFinding
from app.domain.name import clean_name
from app.domain.remark import Remark
from app.domain.said import say
from app.instance.client import ask
from app.instance.instance import Instance, OpenLink
from app.instance.messages import Examine, Examined, Reply
from app.ports.computer import Volume
from app.ports.store import Store
from app.services.check_up import Seen, check_all
from app.services.doctor import ClockView, LanHealth, StorageView
from app.services.internet_doctor import DhtHealth, VisitView
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
from net.dht_check import dht_answers
from net.discovery.dht_settings import PUBLIC_BOOTSTRAP, DhtSettings
from net.endpoint import Endpoint
from net.errors import LocalError
from net.events import NetEvent
from net.host_firewall import running_firewall
from net.lan_check import lan_works
from net.node import Node
from net.relay_check import try_relays
from net.server import PUBLIC_STUN

PASSPHRASE_VARIABLE = "KITH_PASSPHRASE"  # noqa: S105 (its name)
IMPORT_PASSPHRASE_VARIABLE = "KITH_IMPORT_PASSPHRASE"  # noqa: S105
"""That of the file of ``--import``, if it is not the profile's."""

ALL_INTERFACES = (IPv4Address("0.0.0.0"), IPv6Address("::"))  # noqa: S104 (what "all interfaces" means)

DEFAULT_PORTS = range(20_000, 32_768)
"""The port of the default listeners is one of these: unprivileged, and below those that systems hand out for outgoing
connections, so that it stays free for us."""

PORT_TRIES = 20


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
        return _told(await self.doctor())

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


async def examine(options: LaunchOptions) -> tuple[ToldFinding, ...]:
    """What the Kith that runs on the profile finds; without one, what shows without opening the profile."""
    match await ask(options.profile, Examine()):
        case Examined(findings):
            return (_RUNNING, *findings)
        case Reply.LOCKED:
            found = (_LOCKED, *await _examine_beside(options))
        case _:
            found = await _examine_beside(options)
    return _told(found)


def _told(findings: Iterable[Finding]) -> tuple[ToldFinding, ...]:
    return tuple(finding.told() for finding in findings)


async def _examine_beside(options: LaunchOptions) -> tuple[Finding, ...]:
    """Check network, disk and clock: throw-away listeners, no account, no contacts."""
    volume = ProfileVolume(options.profile)
    node = Node(on_event=lambda _: None)
    try:
        with suppress(LocalError):  # which leaves nothing bound, and that is a finding
            await node.listen(_trial_endpoints(options, beside_another=volume.is_in_use()))
        node.map_port(wanted=options.port_mapping is not False)
        node.use_stun(() if options.asks_stun is False else options.stun or PUBLIC_STUN)
        bound, local = node.bound_endpoints(), node.local_endpoints()
        lan = LanHealth.OFF if options.lan is False else await _lan_health(bound)
        dht = DhtHealth.OFF if options.dht is False else await _dht_health(options, bound)
        mapping, addresses, asks_stun = node.port_mapping(), node.address_facts(), node.stun_wanted()
    finally:
        await node.close()
    now = time.time()
    seen = Seen(
        now=now,
        bound=bound,
        local=local,
        lan=lan,
        dht=dht,
        addresses=addresses,
        mapping=mapping,
        asks_stun=asks_stun,
        uses_relays=True,
        relays=await try_relays(options.turn),
        visits=VisitView(bound=bound, firewall=running_firewall()),
        storage=StorageView(error=volume.write_error(), free_bytes=volume.free_bytes()),
        clock=ClockView(now=now, newest_file_at=volume.newest_file_at(), ahead_s={}),
    )
    return (*([_SILENT] if volume.is_in_use() else []), *check_all(seen))


_RUNNING = Finding("instance", ok=True, seen=(say(Remark.RUNNING),)).told()

_BESIDE = say(Remark.BESIDE)

_LOCKED = Finding("instance", ok=True, seen=(say(Remark.LOCKED), _BESIDE))

_SILENT = Finding("instance", ok=False, seen=(say(Remark.MUTE), _BESIDE), todo=say(Remark.END_IT))


def _trial_endpoints(options: LaunchOptions, *, beside_another: bool) -> list[Endpoint]:
    """Where to listen for a moment: where it was asked for, on another port while a running Kith has that one."""
    endpoints = options.listen or tuple(Endpoint(address, 0) for address in ALL_INTERFACES)
    return [replace(endpoint, port=0) if beside_another else endpoint for endpoint in endpoints]


async def _dht_health(options: LaunchOptions, bound: Sequence[Endpoint]) -> DhtHealth:
    settings = DhtSettings(bootstrap=options.dht_bootstrap or PUBLIC_BOOTSTRAP)
    return DhtHealth.RUNNING if bound and await dht_answers(settings, bound) else DhtHealth.ALONE


async def _lan_health(bound: Sequence[Endpoint]) -> LanHealth:
    try:
        return LanHealth.PROVEN if bound and await lan_works(bound) else LanHealth.DEAF
    except LocalError:
        return LanHealth.DOWN


async def listen_everywhere(node: Node, kept_port: int) -> int:
    """Listen on all interfaces in both families, on the kept port (0: none yet); returns the port to keep.

    While another program has the kept port, this run uses another one, and the kept one stays kept.

    Raises:
        LocalError: no port can be had.
    """
    ports = [secrets.choice(DEFAULT_PORTS) for _ in range(PORT_TRIES)]
    if kept_port:
        ports.insert(0, kept_port)
    for port in ports:
        with suppress(LocalError):
            await node.listen([Endpoint(address, port) for address in ALL_INTERFACES])
            return kept_port or port
    raise LocalError("no port can be had")


async def listen_at(node: Node, wanted: Sequence[Endpoint], settings: Mapping[str, str]) -> dict[str, str]:
    """Listen where the command line says; port 0 stands for the port of the last time while that is free, else for any.

    Returns the settings that remember the ports for the next time.

    Raises:
        LocalError: one of the endpoints cannot be had.
    """
    remembered = [_remembered(endpoint, settings) for endpoint in wanted]
    try:
        bound = await node.listen(remembered)
    except LocalError:
        if remembered == list(wanted):
            raise
        bound = await node.listen(wanted)
    left_open = {endpoint.address for endpoint in wanted if not endpoint.port}
    return {_setting(endpoint): str(endpoint.port) for endpoint in bound if endpoint.address in left_open}


def _remembered(endpoint: Endpoint, settings: Mapping[str, str]) -> Endpoint:
    return replace(endpoint, port=endpoint.port or int(settings.get(_setting(endpoint), "0")))


def _setting(endpoint: Endpoint) -> str:
    return f"port of {endpoint.address}"
