import socket
import stat
from pathlib import Path

import pytest

from app.instance.files import MAX_SOCKET_PATH_BYTES, InstanceFiles, LoopbackDoor

DOOR = LoopbackDoor(40_000, bytes(range(32)))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_door_comes_back_as_it_was_and_its_token_is_not_shown() -> None:
    assert LoopbackDoor.parse(DOOR.encode()) == DOOR
    assert "\\x01" not in repr(DOOR)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        DOOR.encode()[:-1],
        DOOR.encode() + b"\n",
        b"0" + DOOR.encode()[5:],
        b"65536" + DOOR.encode()[5:],
        DOOR.encode().replace(b"0a", b"0A"),
        DOOR.encode().replace(b"00", b""),
    ],
)
def test_a_port_file_that_is_none_leads_nowhere(content: bytes) -> None:
    assert LoopbackDoor.parse(content) is None


def test_only_the_owner_may_read_the_port_file_or_connect_to_the_socket(tmp_path: Path) -> None:
    files = InstanceFiles(tmp_path)
    files.put_door(DOOR)
    files.put_door(DOOR)
    assert files.door() == DOOR
    with files.bind() or pytest.fail("no socket"):
        assert {path.name: mode(path) for path in tmp_path.iterdir()} == {
            "instance.port": 0o600,
            "instance.sock": 0o600,
        }


def test_a_path_that_is_too_long_for_a_socket_holds_none(tmp_path: Path) -> None:
    folder = tmp_path / ("é" * MAX_SOCKET_PATH_BYTES)
    assert InstanceFiles(folder).bind() is None
    assert InstanceFiles(Path("/p")).may_hold_a_socket


def test_where_a_socket_cannot_be_made_there_is_none(tmp_path: Path) -> None:
    files = InstanceFiles(tmp_path)
    files.socket.touch()
    assert files.bind() is None


def test_nothing_is_left(tmp_path: Path) -> None:
    files = InstanceFiles(tmp_path)
    files.put_door(DOOR)
    bound = files.bind()
    assert isinstance(bound, socket.socket)
    bound.close()
    files.remove()
    files.remove()
    assert files.door() is None
    assert list(tmp_path.iterdir()) == []
