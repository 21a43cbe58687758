"""The schema, step by step: ``schema_N.sql`` makes a database of version N out of one of version N - 1.

The version stands in ``PRAGMA user_version``.  A published step is never edited; a change is a new step.
"""

from importlib import resources

from app.domain.errors import ErrorKind, KithError
from app.storage.connection import Connection

CURRENT_VERSION = 6


def refuse_newer(connection: Connection) -> None:
    """Check, without writing, that this Kith understands the database.

    Raises:
        KithError: ``profile_newer``.
    """
    if version_of(connection) > CURRENT_VERSION:
        raise KithError(ErrorKind.PROFILE_NEWER)


def migrate(connection: Connection, *, to_version: int = CURRENT_VERSION) -> None:
    """Take every step that is missing, each in a transaction of its own."""
    for version in range(version_of(connection) + 1, to_version + 1):
        step = resources.files(__name__).joinpath(f"schema_{version}.sql").read_text("utf-8")
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {step} PRAGMA user_version = {version}; COMMIT;")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def version_of(connection: Connection) -> int:
    """The version of the schema; 0 for an empty database."""
    row = connection.execute("PRAGMA user_version").fetchone()
    return int(row[0]) if row else 0
