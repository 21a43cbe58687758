import pytest

from app.domain.identifiers import ContactId
from app.rpc.errors import ErrorCode, RequestError
from app.rpc.parameters import Parameters, quoted
from app.rpc.protocol import Result


async def handler(
    _: object,
    *,
    contact: ContactId,
    limit: int = 50,
    wait_s: float = 1.0,
    loud: bool = False,
    name: str | None = None,
    hosts: list[str] | None = None,
) -> Result:
    return {}


PARAMETERS = Parameters.of(handler)


def test_all_parameters_of_their_types_pass() -> None:
    given: dict[str, object] = {"contact": "c", "limit": 3, "wait_s": 0.5, "loud": True, "name": "n", "hosts": ["h"]}
    assert PARAMETERS.checked(given) == given


def test_what_has_a_default_may_be_left_out_and_null_where_it_is_allowed() -> None:
    assert PARAMETERS.checked({"contact": "c"}) == {"contact": "c"}
    assert PARAMETERS.checked({"contact": "c", "name": None}) == {"contact": "c", "name": None}


def test_an_integer_is_a_number_too() -> None:
    assert PARAMETERS.checked({"contact": "c", "wait_s": 2})["wait_s"] == 2.0


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, 'Parameter "contact" is missing.'),
        ({"contact": "c", "colour": 1}, 'There is no parameter "colour" here.'),
        ({"contact": 1}, 'Parameter "contact" must be a string.'),
        ({"contact": None}, 'Parameter "contact" must be a string.'),
        ({"contact": "\ud800"}, 'Parameter "contact" must be a string without unpaired surrogates.'),
        ({"contact": "c", "name": 5}, 'Parameter "name" must be a string.'),
        ({"contact": "c", "limit": "3"}, 'Parameter "limit" must be an integer.'),
        ({"contact": "c", "limit": True}, 'Parameter "limit" must be an integer.'),
        ({"contact": "c", "limit": 1.0}, 'Parameter "limit" must be an integer.'),
        ({"contact": "c", "wait_s": False}, 'Parameter "wait_s" must be a number.'),
        ({"contact": "c", "wait_s": 10**400}, 'Parameter "wait_s" must be a number.'),
        ({"contact": "c", "loud": 1}, 'Parameter "loud" must be true or false.'),
        ({"contact": "c", "hosts": "h"}, 'Parameter "hosts" must be a list of strings.'),
        ({"contact": "c", "hosts": ["h", 1]}, 'Parameter "hosts" must be a list of strings.'),
        ({"contact": "c", "hosts": ["\ud800"]}, 'Parameter "hosts" must be a string without unpaired surrogates.'),
        (["c"], "Parameters go by name, in an object."),
    ],
)
def test_anything_else_is_refused_with_a_sentence(given: dict[str, object] | list[object], sentence: str) -> None:
    with pytest.raises(RequestError) as caught:
        PARAMETERS.checked(given)
    assert (caught.value.code, caught.value.sentence) == (ErrorCode.INVALID_PARAMS, sentence)


def test_a_long_word_of_the_client_is_cut() -> None:
    assert quoted("x" * 1_000) == '"' + "x" * 40 + '…"'
