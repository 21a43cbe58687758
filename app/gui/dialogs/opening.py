"""Open a dialog and await its end, without a nested event loop."""

import asyncio

from PySide6.QtWidgets import QDialog

from app.gui.tasks import TaskOwner


async def opened(dialog: QDialog, tasks: TaskOwner | None = None) -> bool:
    """Show the dialog over its parent; whether it was accepted.

    Afterwards its ``tasks`` are closed and the dialog is deleted, in this order: a task may still speak to it.
    """
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def end(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    dialog.finished.connect(end)
    dialog.open()
    try:
        return await ended == QDialog.DialogCode.Accepted
    finally:
        dialog.close()
        if tasks is not None:
            await tasks.close()
        dialog.deleteLater()


def open_over(parent_tasks: TaskOwner, dialog: QDialog, tasks: TaskOwner | None = None) -> None:
    """Show the dialog from within another one, as a task of that one."""
    parent_tasks.start(_shown(dialog, tasks), name="dialog: over another")


async def _shown(dialog: QDialog, tasks: TaskOwner | None) -> None:
    await opened(dialog, tasks)
