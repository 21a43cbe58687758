"""The two ends of a session, made without a handshake."""

from hashlib import sha256
from itertools import count

from crypto.primitives import KeyPair
from crypto.session import SESSION_KEYS_BYTES, Session, SessionKeys, decrypt, encrypt, initiate, respond

ASSOCIATED_DATA = b"\xad" * 32
TRANSCRIPT = b"\x17" * 32
NOW_S = 1_800_000_000
MESSAGE_ID = bytes(range(16))


class Randomness:
    """Bytes that repeat from run to run and never within one."""

    def __init__(self, seed: object = 0) -> None:
        self._seed = repr(seed).encode()
        self._drawn = count()

    def __call__(self, size_bytes: int) -> bytes:
        block = sha256(self._seed + b"%d" % next(self._drawn)).digest()
        return (block * (size_bytes // len(block) + 1))[:size_bytes]


def session_ends(seed: object = 0) -> tuple[Session, Session]:
    """The initiator's and the responder's session, before the first envelope."""
    random = Randomness(seed)
    keys = SessionKeys.split(b"".join(random(32) for _ in range(SESSION_KEYS_BYTES // 32)))
    prekey = KeyPair.from_private(random(32))
    initiator = initiate(
        keys,
        associated_data=ASSOCIATED_DATA,
        transcript=TRANSCRIPT,
        responder_ratchet_key=prekey.public,
        random=random,
    )
    return initiator, respond(keys, associated_data=ASSOCIATED_DATA, transcript=TRANSCRIPT, ratchet_key=prekey)


def conversation() -> tuple[Session, Session]:
    """Both ends after a few turns, each with skipped messages behind it."""
    random = Randomness("conversation")
    alice, bob = session_ends()
    for _ in range(3):
        alice, _ = encrypt(alice, 1, MESSAGE_ID, b"lost", random=random)
        alice, envelope = encrypt(alice, 1, MESSAGE_ID, b"hello", random=random)
        bob, _ = decrypt(bob, envelope, now_s=NOW_S)
        bob, _ = encrypt(bob, 1, MESSAGE_ID, b"lost", random=random)
        bob, envelope = encrypt(bob, 1, MESSAGE_ID, b"hello", random=random)
        alice, _ = decrypt(alice, envelope, now_s=NOW_S)
    return alice, bob
