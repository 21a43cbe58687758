"""Whose fault an error is, stands in its type."""

import inspect

import pytest

from crypto import errors
from crypto.errors import CryptoError, LocalError, RemoteError

CLASSES = [value for _, value in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize("error", [error for error in CLASSES if error not in {CryptoError, LocalError, RemoteError}])
def test_every_error_is_either_ours_or_the_peers(error: type[CryptoError]) -> None:
    assert issubclass(error, LocalError) != issubclass(error, RemoteError)


def test_both_kinds_are_crypto_errors() -> None:
    assert issubclass(LocalError, CryptoError)
    assert issubclass(RemoteError, CryptoError)
