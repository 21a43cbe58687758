"""What a call that has to be refused is refused with."""

import pytest

from app.domain.errors import ErrorKind, KithError


async def refused(attempt: object) -> ErrorKind:
    """The kind of the error that a coroutine, or whatever else can be awaited, ends with."""
    with pytest.raises(KithError) as caught:
        await attempt  # type: ignore[misc]
    return caught.value.kind
