"""The kinds of NAT, as a record carries them."""

from net.nat_kind import NatKind


def test_every_kind_survives_a_record() -> None:
    assert [NatKind.read(kind.value) for kind in NatKind] == list(NatKind)


def test_a_value_that_is_none_is_unknown() -> None:
    assert {NatKind.read(value) for value in range(5, 256)} == {NatKind.UNKNOWN}
