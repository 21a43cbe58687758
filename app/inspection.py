"""What the doctor sees without opening the profile: by asking the Kith that runs on it, or with listeners of its own,
which are thrown away.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from app.config import LaunchOptions
from app.domain.finding import Finding, ToldFinding
from app.domain.remark import Remark
from app.domain.said import say
from app.instance.client import ask
from app.instance.messages import Examine, Examined, Reply
from app.listening import ALL_INTERFACES
from app.services.check_up import Seen, check_all
from app.services.doctor import ClockView, LanHealth, StorageView
from app.services.internet_doctor import DhtHealth, VisitView
from app.storage.volume import ProfileVolume
from net.dht_check import dht_answers
from net.discovery.dht_settings import PUBLIC_BOOTSTRAP, DhtSettings
from net.endpoint import Endpoint
from net.errors import LocalError
from net.host_firewall import running_firewall
from net.lan_check import lan_works
from net.node import Node
from net.relay_check import try_relays
from net.server import PUBLIC_STUN

_RUNNING = Finding("instance", ok=True, seen=(say(Remark.RUNNING),)).told()

_BESIDE = say(Remark.BESIDE)

_LOCKED = Finding("instance", ok=True, seen=(say(Remark.LOCKED), _BESIDE))

_SILENT = Finding("instance", ok=False, seen=(say(Remark.MUTE), _BESIDE), todo=say(Remark.END_IT))


async def examine(options: LaunchOptions) -> tuple[ToldFinding, ...]:
    """What the Kith that runs on the profile finds; without one, what shows without opening the profile."""
    match await ask(options.profile, Examine()):
        case Examined(findings):
            return (_RUNNING, *findings)
        case Reply.LOCKED:
            found = (_LOCKED, *await _examine_beside(options))
        case _:
            found = await _examine_beside(options)
    return tuple(finding.told() for finding in found)


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
