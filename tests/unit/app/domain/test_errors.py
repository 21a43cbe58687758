import pytest

from app.domain.errors import SENTENCES, ErrorKind, KithError, StorageError


@pytest.mark.parametrize("kind", ErrorKind)
def test_every_kind_has_a_sentence_for_people(kind: ErrorKind) -> None:
    sentence = SENTENCES[kind]
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert KithError(kind).sentence == str(KithError(kind)) == sentence


def test_a_sentence_may_say_it_better() -> None:
    assert KithError(ErrorKind.LIMIT_REACHED, "Too many invites.").sentence == "Too many invites."


def test_a_failure_of_the_store_is_one_for_people() -> None:
    assert isinstance(StorageError(ErrorKind.STORAGE_FULL), KithError)
