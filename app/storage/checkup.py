"""Before a store is opened: is it as it was left?  If not, a repaired one takes its place.

    sound ─▶ open
    damaged ─▶ repair beside it ─▶ put in its place ─▶ open; its setting says what was saved, and is said once

It looks at every page, which SQLite does not, and at what the last run left beside it: how far it had come, whether it
ended in order, and whether it found anything suspect, at which SQLite looks too.
"""

from contextlib import closing, suppress

from app.domain.errors import ErrorKind, KithError
from app.storage import account, contacts, invites, sessions
from app.storage.connection import Connection, DatabaseError, is_corruption, open_reading, open_writing, storage_error
from app.storage.high_water_mark import HighWaterMark, read_mark, transaction_of
from app.storage.migrations import CURRENT_VERSION
from app.storage.profile_folder import ProfileFolder, worded_os_errors
from app.storage.salvage.page_file import PageFile
from app.storage.salvage.repair import Repair
from crypto.errors import CryptoError
from crypto.secret import Secret
from net.errors import LocalError


def check_up(files: ProfileFolder, key: Secret) -> None:
    """See that the store in a locked folder, which nobody has open, can be opened; slow, not for the loop's thread.

    Raises:
        KithError: ``profile_newer``, untouched; ``profile_damaged``, untouched: nothing can be made of it;
            ``storage_full``, ``storage_damaged``.
    """
    with worded_os_errors():
        files.finish_repair()
        with _opened(files, key) as file:
            if (file.version or 0) > CURRENT_VERSION:
                raise KithError(ErrorKind.PROFILE_NEWER)
            is_sound, has_log = file.is_sound(), file.has_log
        if is_sound and has_log:
            is_sound = _is_up_to_mark(files, key)
        is_suspect = is_sound and files.suspect.exists()
        if is_sound and (not is_suspect or _is_consistent(files, key)):
            files.suspect.unlink(missing_ok=True)
            return
        with _opened(files, key) as file:
            _repair(files, key, file, is_suspect=is_suspect)
        files.finish_repair()


def _opened(files: ProfileFolder, key: Secret) -> PageFile:
    return PageFile(files.database, key, read_mark(files.mark))


def _repair(files: ProfileFolder, key: Secret, file: PageFile, *, is_suspect: bool) -> None:
    planned = files.begin_repair()
    repair = Repair(planned.new, files.snapshots.newest_first(), key, planned.kept_aside)
    try:
        repair.run(file, is_suspect=is_suspect)
        planned.place()
    except DatabaseError as error:
        raise storage_error(error, planned.new) from error
    finally:
        planned.discard()


def _is_up_to_mark(files: ProfileFolder, key: Secret) -> bool:
    """Whether SQLite makes of the log what we do, which looks at less of it."""
    mark = read_mark(files.mark)
    try:
        with closing(open_reading(files.database, key)) as connection:
            return mark is None or not mark.is_ahead_of(transaction_of(connection))
    except DatabaseError as error:
        raise storage_error(error, files.database) from error


def _is_consistent(files: ProfileFolder, key: Secret) -> bool:
    """What SQLite says, and whether the store can read what the start needs; the search index is made anew."""
    try:
        with closing(open_writing(files.database, key)) as connection:
            HighWaterMark(files.mark).close(transaction_of(connection))  # whose log will be gone
            if connection.execute("PRAGMA quick_check").fetchall() != [("ok",)] or not _is_readable(connection):
                return False
            connection.execute("INSERT INTO message_texts (message_texts) VALUES ('delete-all')")
            return True
    except DatabaseError as error:
        if is_corruption(error):
            return False
        raise storage_error(error, files.database) from error


def _is_readable(connection: Connection) -> bool:
    """Whether everything that the engine keeps in memory decodes, an account among it."""
    with suppress(CryptoError, LocalError):
        for read in (contacts.read_all, sessions.read_all, invites.read_invites, invites.read_joinings):
            read(connection)
        return account.read(connection) is not None
    return False
