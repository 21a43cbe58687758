"""One slow call beside the event loop.

On a daemon thread of its own rather than in the loop's executor: a call that never returns, such as a keyring waiting
for somebody to answer its dialog, must not keep the process from ending.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def on_side_thread(name: str, function: Callable[[], T]) -> T:
    """What ``function`` returns or raises.  Cancelling stops the waiting, not the call."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def call() -> None:
        try:
            result = function()
        except Exception as error:  # noqa: BLE001 (raised again where somebody waits)
            post(_raise, future, error)
        else:
            post(_answer, future, result)

    def post(callback: Callable[..., None], *arguments: object) -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody waits
            loop.call_soon_threadsafe(callback, *arguments)

    threading.Thread(target=call, name=name, daemon=True).start()
    return await future


def _answer(future: asyncio.Future[T], result: T) -> None:
    if not future.done():
        future.set_result(result)


def _raise(future: asyncio.Future[T], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
