"""What the doctor sees without opening the profile."""

from pathlib import Path

from app.config import LaunchOptions
from app.domain.finding import Finding, ToldFinding
from app.domain.remark import Remark
from app.domain.said import say
from app.inspection import examine
from app.instance.instance import Instance
from app.storage.profile import make_profile_folder
from app.storage.profile_folder import ProfileFolder
from net.endpoint import Endpoint
from tests.support.aio import run

LOOPBACK = Endpoint.parse("127.0.0.1:0")


def options(folder: Path) -> LaunchOptions:
    """Nothing but loopback, and nobody is asked."""
    return LaunchOptions(profile=folder, listen=(LOOPBACK,), lan=False, dht=False, port_mapping=False, asks_stun=False)


def test_where_no_kith_runs_the_doctor_looks_for_itself(tmp_path: Path) -> None:
    told = run(examine(options(tmp_path)))
    assert [finding.check for finding in told][:3] == ["listeners", "addresses", "lan"]
    assert "127.0.0.1" in told[0].detail
    assert not list(tmp_path.iterdir())


def test_beside_one_that_does_not_answer_it_says_so_and_looks_for_itself(tmp_path: Path) -> None:
    make_profile_folder(tmp_path)
    lock = ProfileFolder(tmp_path).lock()
    try:
        told = run(examine(options(tmp_path)))
    finally:
        lock.release()
    assert (told[0].check, told[0].ok) == ("instance", False)
    assert "does not answer" in told[0].detail
    assert told[1].check == "listeners"


def test_the_kith_that_runs_is_asked_instead(tmp_path: Path) -> None:
    found = (Finding("lan", ok=True, seen=(say(Remark.LAN_RUNNING),)).told(),)

    async def answer() -> tuple[ToldFinding, ...]:
        return found

    async def scenario() -> tuple[ToldFinding, ...]:
        make_profile_folder(tmp_path)
        instance = Instance(tmp_path)
        assert await instance.serve()
        instance.examination = answer
        try:
            return await examine(options(tmp_path))
        finally:
            await instance.close()

    first, *rest = run(scenario())
    assert first.detail == "Kith is running on this profile, and finds this."
    assert tuple(rest) == found
