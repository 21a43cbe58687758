"""Every parser of foreign bytes against its corpus, its samples and a thousand inputs made from them."""

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fuzz import __main__ as command
from tests.fuzz import corpus
from tests.fuzz.budget import OverBudgetError, budget
from tests.fuzz.campaign import FindingError, run
from tests.fuzz.mutator import Mutator
from tests.fuzz.registry import TARGETS
from tests.fuzz.target import Target, always, joined, pieces

COUNT = 1_000
SEED = "kith"
SAMPLES = [b"first sample", b"another one"]


@pytest.mark.parametrize("name", TARGETS)
def test_a_parser_keeps_its_promise_whatever_comes(name: str) -> None:
    run(TARGETS[name], count=COUNT, seed=SEED)


def test_every_folder_of_the_corpus_belongs_to_a_target() -> None:
    assert {folder.name for folder in corpus.FOLDER.iterdir()} <= TARGETS.keys()


# --- The fuzzer itself


def stream(samples: Sequence[bytes] = SAMPLES, *, seed: str = "a", max_bytes: int = 100) -> list[bytes]:
    mutator = Mutator(samples, words=[b"WORD"], max_bytes=max_bytes, seed=seed)
    return [mutator.next() for _ in range(500)]


def test_the_same_seed_makes_the_same_inputs_and_another_one_others() -> None:
    assert stream() == stream() != stream(seed="b")


def test_inputs_are_new_and_bounded_and_like_the_samples() -> None:
    made = stream()
    assert max(map(len, made)) == 100
    assert len(set(made)) > 400
    assert any(b"WORD" in data for data in made)
    assert sum(b"sample" in data or b"another" in data for data in made) > 50


def test_a_target_without_samples_is_given_noise_at_least() -> None:
    assert len(set(stream([]))) > 200


@pytest.mark.parametrize("data", [b"", b"\0", b"\1\0", b"\1\0a", b"\0\0\xff\xffrest"])
def test_any_bytes_are_pieces(data: bytes) -> None:
    assert pieces(joined(pieces(data))) == pieces(data)


def broken(data: bytes) -> None:
    if b"\xff" in data:
        raise ValueError("the planted bug")


def test_a_planted_bug_is_found_and_its_input_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = Target("planted", lambda: SAMPLES, always(broken))
    with pytest.raises(FindingError) as caught:
        run(target, count=10_000, seed=SEED)
    assert b"\xff" in caught.value.data
    assert isinstance(caught.value.__cause__, ValueError)
    monkeypatch.setitem(TARGETS, "planted", target)
    monkeypatch.setattr(corpus, "FOLDER", tmp_path)
    assert command.main(["planted", "--seed", SEED]) == 1
    assert "the planted bug" in capsys.readouterr().err
    assert corpus.load("planted") == [caught.value.data]


def test_an_input_that_takes_long_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.budget.MAX_CPU_S", 0.01)
    with pytest.raises(OverBudgetError), budget():
        use_the_processor(0.02)


def use_the_processor(seconds: float) -> None:
    until_s = time.thread_time() + seconds
    while time.thread_time() < until_s:
        pass


def test_an_unknown_target_is_wrong_usage() -> None:
    with pytest.raises(SystemExit):
        command.main(["nothing"])
