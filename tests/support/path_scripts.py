"""Scripts of what :class:`net.paths.Paths` is told and wants done: a peer or two, and shorthand for both."""

from dataclasses import replace
from ipaddress import ip_network

from crypto.secret import Secret
from net.dialling import DialId, OwnEndpoints, Way
from net.endpoint import Endpoint
from net.events import LinkId, PathClass
from net.limits import PUNCH_DELAY_S
from net.path_effects import Dial, Effect
from net.paths import Paths
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.support.links import counted

ALICE, INVITE = PeerId(b"alice"), PeerId(b"invite")
FAR, NEAR = Endpoint.parse("5.6.7.8:5000"), Endpoint.parse("10.0.0.8:5000")
HOME = OwnEndpoints(networks=frozenset({ip_network("10.0.0.0/24"), ip_network("2600::/64")}))
SHARING = replace(HOME, shared_versions=frozenset({4}))
"""The same, where dials can leave from the port on which we listen."""
L1, L2 = LinkId(1), LinkId(2)
LAN, DIRECT, PUNCHED = PathClass.LAN, PathClass.DIRECT, PathClass.PUNCHED
CONTACT_KEY = LinkKey(LinkKind.CONTACT, Secret(b"c" * 32))
INVITE_KEY = LinkKey(LinkKind.INVITE, Secret(b"i" * 32))
RESET_KEY = LinkKey(LinkKind.RESET, Secret(b"r" * 32))


def peer(
    *endpoints: Endpoint,
    peer_id: PeerId = ALICE,
    keys: tuple[LinkKey, ...] = (CONTACT_KEY,),
    controls: bool = True,
) -> Peer:
    return Peer(peer_id=peer_id, keys=keys, controls=controls, wanted=bool(endpoints), endpoints=endpoints)


def knowing(*peers: Peer) -> Paths:
    paths = Paths(counted())
    paths.set_own_endpoints(HOME, 0.0)
    for each in peers:
        paths.set_peer(each, 0.0)
    return paths


def dials(effects: list[Effect]) -> dict[Endpoint, DialId]:
    return {effect.endpoint: effect.dial for effect in effects if isinstance(effect, Dial)}


def up(paths: Paths, link: LinkId, path: PathClass = DIRECT, kind: LinkKind = LinkKind.CONTACT) -> list[Effect]:
    return paths.link_up(link, INVITE if kind is LinkKind.INVITE else ALICE, kind, path, None, 0.0)


def sharing(*peers: Peer) -> Paths:
    paths = knowing(*peers)
    paths.set_own_endpoints(SHARING, 0.0)
    return paths


def met(*endpoints: Endpoint, controls: bool = True) -> Peer:
    return replace(peer(*endpoints, controls=controls), proven=endpoints)


def ways(effects: list[Effect]) -> list[tuple[Way, Endpoint]]:
    return [(effect.way, effect.endpoint) for effect in effects if isinstance(effect, Dial)]


def held(paths: Paths, now: float = 0.0) -> DialId:
    """The dial that is held, once a round has begun and its ordinary dials have failed."""
    for dial in dials(paths.handle_timer(now)).values():
        paths.dial_failed(dial, now)
    return window(paths.handle_timer(now + PUNCH_DELAY_S))


def window(effects: list[Effect], way: Way = Way.PUNCH) -> DialId:
    (dial,) = [effect.dial for effect in effects if isinstance(effect, Dial) and effect.way is way]
    return dial


def punches_after(paths: Paths, now: float) -> bool:
    """Whether a window is opened at the first round from this moment on."""
    moment = max(now, paths.wake_at() or now)
    paths.handle_timer(moment)
    return (Way.PUNCH, FAR) in ways(paths.handle_timer(moment + PUNCH_DELAY_S))


def aside(effects: list[Effect]) -> list[Endpoint]:
    return [endpoint for way, endpoint in ways(effects) if way is Way.ASIDE]
