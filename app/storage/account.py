"""The one row of the account, and the settings beside it."""

from app.domain.account import Account
from app.storage.connection import Connection
from crypto.discovery_key import DiscoveryKey
from crypto.identity import Identity
from crypto.secret import Secret


def put(connection: Connection, account: Account) -> None:
    connection.execute(
        "INSERT INTO account (only_row, name, identity, discovery, created_at, port) VALUES (1, ?, ?, ?, ?, ?)"
        " ON CONFLICT (only_row) DO UPDATE SET name = excluded.name, identity = excluded.identity,"
        " discovery = excluded.discovery, created_at = excluded.created_at, port = excluded.port",
        (
            account.name,
            account.identity.encode().reveal(),
            account.discovery.encode().reveal(),
            account.created_at,
            account.port,
        ),
    )


def read(connection: Connection) -> Account | None:
    row = connection.execute("SELECT name, identity, discovery, created_at, port FROM account").fetchone()
    if row is None:
        return None
    name, identity, discovery, created_at, port = row
    return Account(
        name=name,
        identity=Identity.decode(Secret(identity)),
        discovery=DiscoveryKey.decode(Secret(discovery)),
        created_at=created_at,
        port=port,
    )


def put_setting(connection: Connection, key: str, value: str) -> None:
    connection.execute(
        "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def settings(connection: Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT key, value FROM settings").fetchall())
