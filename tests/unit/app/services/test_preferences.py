from dataclasses import replace

import pytest

from app.domain.errors import ErrorKind, KithError, StorageError
from app.domain.events import SettingsChanged
from app.domain.own_servers import OwnServers
from app.domain.settings import Settings
from app.services.overrides import Overrides
from net.ice_servers import IceServers
from net.server import PUBLIC_STUN, ServerAddress, TurnServer
from tests.support.aio import run
from tests.support.engine import Faults
from tests.support.pair import of_type, strangers


def test_settings_are_kept_and_told() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            messenger = pair.ann.messenger
            assert messenger.settings() == Settings()
            other = Settings(read_receipts=False, language="de")
            await messenger.change_settings(other)
            assert messenger.settings() == other
            assert of_type(pair.ann, SettingsChanged) == [SettingsChanged(other)]
            await pair.ann.restart()
            assert pair.ann.messenger.settings() == other

    run(scenario())


def test_the_network_looks_for_contacts_near_by_as_the_setting_says() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            assert pair.ann.node.sought_on_lan == [True]
            await pair.ann.messenger.change_settings(Settings(lan=False))
            assert pair.ann.node.sought_on_lan == [True, False]
            await pair.ann.restart()
            assert pair.ann.node.sought_on_lan == [False]
            assert pair.ann.messenger.fixed_settings() == {}

    run(scenario())


def test_the_router_is_asked_as_the_setting_says_unless_the_command_line_says_else() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            node = pair.ann.node
            assert node.router_asked == [True]
            await pair.ann.messenger.change_settings(Settings(port_mapping=False))
            assert node.router_asked == [True, False]
            pair.ann.overrides = Overrides(port_mapping=True)
            await pair.ann.restart()
            assert pair.ann.node.router_asked == [True]
            assert pair.ann.messenger.fixed_settings() == {"port_mapping": True}

    run(scenario())


def test_what_ice_may_ask_is_what_the_settings_and_the_command_line_name() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            messenger, node = pair.ann.messenger, pair.ann.node
            assert [node.ice] == [IceServers(PUBLIC_STUN)]
            await messenger.change_settings(Settings(stun=False))
            assert [node.ice] == [IceServers()]
            await messenger.change_settings(Settings(lan_only=True))
            assert [node.ice] == [None]
            await messenger.change_settings(Settings(relay=False))
            assert [node.ice] == [IceServers(PUBLIC_STUN, relays=False)]
            own, relay = ServerAddress("stun.example", 3478), TurnServer.parse("turn:u:s@relay.example:3478")
            await messenger.change_settings(Settings(stun=False))
            pair.ann.overrides = Overrides(stun=True, stun_servers=(own,), turn=(relay,))
            await pair.ann.restart()
            assert pair.ann.node.ice == IceServers((own,), (relay,))
            await pair.ann.messenger.change_settings(Settings(relay=False))
            assert pair.ann.node.ice == IceServers((own,), relays=False)

    run(scenario())


def test_own_servers_are_used_at_once_and_after_a_start_unless_the_command_line_names_others() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            own = OwnServers.of(["stun.example:3478"], ["turn:u:s@relay.example:3478"])
            await pair.ann.messenger.change_settings(Settings(servers=own))
            assert pair.ann.node.ice == IceServers(own.stun, own.turn)
            assert list(pair.ann.node.stun_servers) == list(own.stun)
            await pair.ann.messenger.change_settings(Settings(servers=own, relay=False, stun=False))
            assert pair.ann.node.ice == IceServers(relays=False)
            await pair.ann.messenger.change_settings(Settings(servers=own))
            await pair.ann.restart()
            kept = pair.ann.messenger.settings().servers
            assert kept.stored() == own.stored()
            assert pair.ann.node.ice == IceServers(kept.stun, kept.turn)
            others = (ServerAddress("other.example", 1),), (TurnServer.parse("turn:v:t@other.example:2"),)
            pair.ann.overrides = Overrides(stun_servers=others[0], turn=others[1])
            await pair.ann.restart()
            assert pair.ann.node.ice == IceServers(*others)
            assert pair.ann.messenger.fixed_settings() == {"stun_servers": True, "turn_servers": True}

    run(scenario())


def test_on_the_local_network_alone_nobody_beyond_is_asked_dialled_or_told() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            messenger, node = pair.ann.messenger, pair.ann.node
            assert (node.stays_near, node.dht_wanted(), node.router_asked[-1]) == (False, True, True)
            await messenger.change_settings(Settings(lan_only=True))
            assert (node.stays_near, node.dht_wanted(), node.router_asked[-1]) == (True, False, False)
            assert node.sought_on_lan[-1]
            await messenger.change_settings(Settings(port_mapping=False))
            assert (node.stays_near, node.dht_wanted(), node.router_asked[-1]) == (False, True, False)
            pair.ann.overrides = Overrides(dht=True, stun=True, lan=False)
            await messenger.change_settings(Settings(lan_only=True))
            await pair.ann.restart()
            node = pair.ann.node
            assert (node.dht_wanted(), node.stun_wanted(), node.sought_on_lan[-1]) == (False, False, False)

    run(scenario())


def test_stun_servers_are_used_as_the_setting_says_and_others_if_they_are_named() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            named = (ServerAddress("stun.example", 3478),)
            node = pair.ann.node
            assert list(node.stun_servers) == list(PUBLIC_STUN)
            await pair.ann.messenger.change_settings(Settings(stun=False))
            assert list(node.stun_servers) == []
            pair.ann.overrides = Overrides(stun=True, stun_servers=named)
            await pair.ann.restart()
            assert list(pair.ann.node.stun_servers) == list(named)
            assert pair.ann.messenger.fixed_settings() == {"stun": True, "stun_servers": True}
            pair.ann.overrides = Overrides(stun=False)
            await pair.ann.restart()
            assert list(pair.ann.node.stun_servers) == []

    run(scenario())


@pytest.mark.parametrize("flag", [True, False])
def test_the_command_line_wins_over_the_setting_and_leaves_it_as_it_is(*, flag: bool) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await pair.ann.messenger.change_settings(Settings(lan=not flag))
            pair.ann.overrides = Overrides(lan=flag)
            await pair.ann.restart()
            messenger = pair.ann.messenger
            assert pair.ann.node.sought_on_lan[-1] is flag
            assert messenger.fixed_settings() == {"lan": flag}
            await messenger.change_settings(replace(messenger.settings(), typing_notices=False))
            assert pair.ann.node.sought_on_lan[-1] is flag
            assert messenger.settings().lan is not flag

    run(scenario())


def test_settings_that_cannot_be_or_cannot_be_kept_change_nothing() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            messenger = pair.ann.messenger
            with pytest.raises(KithError) as refused:
                await messenger.change_settings(Settings(text_size_percent=1))
            assert refused.value.kind is ErrorKind.SETTING_INVALID
            pair.ann.store.arm(Faults(fail=1))
            with pytest.raises(StorageError):
                await messenger.change_settings(Settings(lan=False))
            await pair.settle()
            assert messenger.settings() == Settings()
            assert pair.ann.node.sought_on_lan == [True]
            assert of_type(pair.ann, SettingsChanged) == []

    run(scenario())
