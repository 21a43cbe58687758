import pytest

from app.domain.message import MessageState
from app.storage.enumerations import member
from crypto.errors import MalformedError


def test_a_number_is_its_member() -> None:
    assert [member(MessageState, int(state)) for state in MessageState] == list(MessageState)


@pytest.mark.parametrize("number", [-1, len(MessageState), 2**63 - 1])
def test_a_number_without_a_member_is_refused(number: int) -> None:
    with pytest.raises(MalformedError):
        member(MessageState, number)
