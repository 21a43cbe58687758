"""What Paths wants done is done where it belongs, and it is woken when it wants to be; in virtual time."""

import asyncio
import os

from net.dialling import DialId
from net.endpoint import Endpoint
from net.events import CloseReason, LinkId, NetEvent, PathClass, PeerOffline, PeerOnline
from net.link.frames import FrameType
from net.link_table import LinkTable
from net.path_effects import CloseLink, Dial, Effect, MovePort, Offline, Online, StopDial
from net.paths import Paths
from net.paths_driver import PathsDriver
from net.survivor import Confirm, Nominate
from tests.support.nodes import ALICE, BOB, KEY
from tests.support.noted_driver import NotedDriver
from tests.support.virtual_time import run_virtually

DIAL = Dial(DialId(1), BOB, Endpoint.parse("5.6.7.8:4000"), KEY)


class Script(Paths):
    """Wants to be woken at these moments, and writes down when it was."""

    def __init__(self, *moments: float) -> None:
        super().__init__(os.urandom)
        self.moments = list(moments)
        self.woken: list[float] = []

    def wake_at(self) -> float | None:
        return min(self.moments, default=None)

    def handle_timer(self, now: float) -> list[Effect]:
        self.woken.append(now)
        self.moments = [moment for moment in self.moments if moment > now]
        return []

    def path_of_link(self, link: LinkId) -> PathClass:
        return PathClass.PUNCHED


class Scene:
    """A driver whose surroundings write down what they hear."""

    def __init__(self, *moments: float) -> None:
        self.heard: list[object] = []
        self.events: list[NetEvent] = []
        self.table = LinkTable()
        self.paths = Script(*moments)
        self.driver = PathsDriver(
            self.paths,
            self.table,
            dialler=self,
            take_port=lambda: self.heard.append("port"),
            on_event=self.events.append,
        )

    def start(self, dial: Dial) -> None:
        self.heard.append(dial)

    def stop(self, dial: DialId) -> None:
        self.heard.append(dial)


def test_dials_and_ports_go_to_whoever_makes_them() -> None:
    async def scenario() -> None:
        scene = Scene()
        scene.driver.perform([DIAL, StopDial(DIAL.dial), MovePort()])
        assert scene.heard == [DIAL, DIAL.dial, "port"]

    run_virtually(scenario())


def test_frames_and_closes_go_to_the_link_that_is_named() -> None:
    async def scenario() -> None:
        scene = Scene()
        one, other = NotedDriver(ALICE), NotedDriver(BOB)
        link, _ = scene.table.add(one, 0.0), scene.table.add(other, 0.0)
        one.asked.clear()
        other.asked.clear()
        scene.driver.perform([Nominate(link), Confirm(link), CloseLink(link, CloseReason.SUPERSEDED)])
        assert one.asked == [(FrameType.NOMINATE, b""), (FrameType.CONFIRM, b""), CloseReason.SUPERSEDED]
        assert other.asked == []

    run_virtually(scenario())


def test_who_comes_online_is_told_with_the_way_unless_the_link_is_gone_already() -> None:
    async def scenario() -> None:
        scene = Scene()
        link = scene.table.add(NotedDriver(BOB), 0.0)
        scene.driver.perform([Online(BOB, link), Offline(ALICE)])
        assert scene.events == [PeerOnline(BOB, link, PathClass.PUNCHED, None), PeerOffline(ALICE)]
        assert scene.table.remove(link)
        scene.driver.perform([Online(BOB, link)])
        assert len(scene.events) == 2

    run_virtually(scenario())


def test_paths_are_woken_at_each_moment_that_they_want() -> None:
    async def scenario() -> None:
        scene = Scene(10.0, 5.0, 20.0)
        scene.driver.perform()
        await asyncio.sleep(30)
        assert scene.paths.woken == [5.0, 10.0, 20.0]

    run_virtually(scenario())


def test_a_moment_that_comes_to_be_earlier_counts() -> None:
    async def scenario() -> None:
        scene = Scene(10.0)
        scene.driver.perform()
        scene.paths.moments.append(2.0)
        scene.driver.perform()
        await asyncio.sleep(30)
        assert scene.paths.woken == [2.0, 10.0]

    run_virtually(scenario())


def test_nobody_is_woken_any_more_after_the_end() -> None:
    async def scenario() -> None:
        scene = Scene(10.0)
        scene.driver.perform()
        scene.driver.close()
        scene.driver.perform([Offline(BOB)])
        await asyncio.sleep(30)
        assert scene.paths.woken == []
        assert scene.events == [PeerOffline(BOB)]

    run_virtually(scenario())
