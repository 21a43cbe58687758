"""``kith self-test``: uses every native part that is bundled with Kith once, and says of each what came of it.

Packages are checked with it: a missing library shows here, and not when somebody first needs it.  It writes to a
temporary folder and speaks to this computer only.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from pathlib import Path

from crypto.secret import Secret

EXIT_SOUND, EXIT_BROKEN = 0, 1
TIMEOUT_S = 20.0

Check = Callable[[], str]
"""Uses a part, and says which one it met; raises whatever is wrong with it."""


class PartError(Exception):
    """A part answers, and answers wrongly."""


def run() -> int:
    """One line a part on standard output; the exit code says whether all are sound."""
    results = [_tried(name, check) for name, check in parts()]
    return EXIT_SOUND if all(results) else EXIT_BROKEN


def parts() -> Iterable[tuple[str, Check]]:
    """Every part by its name.  Those of the window come last, since a computer may have no screen."""
    yield "libsodium", libsodium
    yield "OpenSSL", openssl
    yield "SQLCipher", sqlcipher
    yield "keyring", keyring
    yield "zeroconf", zeroconf
    yield "libtorrent", libtorrent
    yield "QUIC", quic
    try:
        from app.gui import self_test
    except ImportError as error:
        reason = str(error)
        yield "Qt", lambda: _missing(reason)
        return
    yield from self_test.parts()


def _tried(name: str, check: Check) -> bool:
    try:
        said, is_sound = check(), True
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        said, is_sound = f"{type(error).__name__}: {error}", False
    sys.stdout.write(f"{'ok' if is_sound else '--'}  {name}: {said}\n")
    sys.stdout.flush()
    return is_sound


# --- The parts without a window


def libsodium() -> str:
    """Key agreement, signatures, sealing, and the stretching of passphrases."""
    from crypto import primitives

    one, other = (primitives.KeyPair.from_private(os.urandom(primitives.KEY_BYTES)) for _ in range(2))
    key = primitives.x25519(one.private.reveal(), other.public)
    _expect(key == primitives.x25519(other.private.reveal(), one.public))
    nonce = bytes(primitives.XCHACHA_NONCE_BYTES)
    _expect(primitives.xchacha_open(key, nonce, primitives.xchacha_seal(key, nonce, b"text", b""), b"") == b"text")
    primitives.ed25519_verify(primitives.ed25519_public(key), b"text", primitives.ed25519_sign(key, b"text"))
    primitives.argon2id(b"passphrase", salt=bytes(primitives.ARGON2_SALT_BYTES), memory_kib=64, passes=1)
    return "X25519, Ed25519, XChaCha20-Poly1305 and Argon2id work"


def openssl() -> str:
    """ML-KEM-768, and the ciphers of links."""
    from cryptography.hazmat.backends.openssl import backend

    from crypto import kem
    from crypto.primitives import hkdf

    key = kem.generate()
    ciphertext, secret = kem.encapsulate(key.public)
    _expect(key.decapsulate(ciphertext).matches(secret))
    hkdf(salt=b"", ikm=b"key", info=b"", size_bytes=32)
    return f"{backend.openssl_version_text()}, with ML-KEM-768"


def sqlcipher() -> str:
    """An encrypted database on the disk, with full-text search."""
    from app.storage.connection import open_reading, open_writing

    key = Secret(os.urandom(32))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trial.db"
        path.touch()
        writing = open_writing(path, key)
        writing.execute("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize = 'unicode61 remove_diacritics 2')")
        writing.execute("INSERT INTO texts VALUES ('Grüße aus dem Süden')")
        if writing.in_transaction:
            writing.execute("COMMIT")
        version = writing.execute("PRAGMA cipher_version").fetchone()
        reading = open_reading(path, key)
        found = reading.execute("SELECT text FROM texts WHERE texts MATCH 'suden'").fetchone()
        reading.close()
        writing.close()
        _expect(found is not None and version is not None)
        _expect(b"SQLite format" not in path.read_bytes()[:16])
        return f"{version[0] if version else ''}, with full-text search"


def keyring() -> str:
    """The backends are there; whether one of them can be used is the system's business."""
    from keyring.backend import get_all_keyring

    names = sorted({type(each).__module__.rpartition(".")[2] for each in get_all_keyring()})
    _expect(len(names) > 1)
    return ", ".join(names)


def zeroconf() -> str:
    """Two participants on this computer find each other."""
    from net.endpoint import Endpoint
    from net.lan_check import lan_works

    loopback = Endpoint(ip_address("127.0.0.1"), 0)
    _expect(asyncio.run(lan_works([loopback], timeout_s=TIMEOUT_S)))
    return "two participants on this computer found each other"


def libtorrent() -> str:
    """A node of the DHT comes up on this computer, and knows nobody."""
    import libtorrent as library

    from net.dht_check import dht_answers
    from net.discovery.dht_settings import DhtSettings
    from net.endpoint import Endpoint

    loopback = Endpoint(ip_address("127.0.0.1"), 0)
    alone = DhtSettings(bootstrap=())
    _expect(not asyncio.run(dht_answers(alone, [loopback], timeout_s=0.2)))
    return f"{library.__version__}, a node of the DHT runs"


def quic() -> str:
    """Two sides speak over a stream; ICE, which finds the way for it, is there."""
    from importlib.metadata import version

    from net.quic_check import quic_works
    from net.transport import ice  # noqa: F401 - its libraries are looked for, and nobody is spoken to

    _expect(asyncio.run(quic_works(timeout_s=TIMEOUT_S)))
    return f"aioquic {version('aioquic')}, aioice {version('aioice')}"


def _missing(reason: str) -> str:
    raise PartError(reason)


def _expect(is_right: bool) -> None:  # noqa: FBT001 (an assertion that stays under -O)
    if not is_right:
        raise PartError("it answers, but wrongly")
