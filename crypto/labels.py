"""Every domain-separation string, version and cryptographic limit, once, each with its reason.

Each heading below is one use of labels.  A test reads them and proves that no label occurs twice and that within one
use none is the beginning of another.
"""

PROTOCOL_VERSION = 1
"""Version of invites, handshakes and envelopes; offered as ``max_ver`` and signed, so that nobody can lower it."""

CAPABILITIES = 0
"""Bit set of optional features, u32; none is defined in version 1.  Unknown bits are ignored."""

DEVICE_ID = 0
"""The one device of an account, u32; several devices a person come later, the bytes are in every transcript now."""

# --- BLAKE2b personalisation (at most 16 bytes)
IDENTITY = b"kith1-identity"
INVITE_ID = b"kith1-invite"
INVITE_CHECKSUM = b"kith1-check"
ENVELOPE_ID = b"kith1-env"
SHORT_AUTHENTICATION = b"kith1-sas"
RENDEZVOUS_BLINDING = b"kith1-rdv-blind"
RENDEZVOUS_BELL = b"kith1-bell"
PASSING_TAG = b"kith1-passing"

# --- Keyed BLAKE2b inputs
LINK_HINT = b"kith1 hint"
RESUME_HINT = b"kith1 resume hint"
RING_HINTS = b"kith1 ring"

# --- Ed25519 signatures: the first field of every signed list
BIND = b"kith1 bind"
BUNDLE = b"kith1 bundle"
USED = b"kith1 used"

ALGORITHMS = b"kith1 X25519 ML-KEM-768 Ed25519 HKDF-SHA256 XChaCha20-Poly1305"
"""The suite, in the signature of M2: keys made for one suite cannot be passed off as another's."""

# --- SHA-512 lists
SAFETY_NUMBER = b"kith1 safety"

# --- Noise prologue (a list)
LINK_PROLOGUE = b"kith1 prologue"

# --- SHA-256 lists
TRANSCRIPT = b"kith1 th"
ASSOCIATED_DATA = b"kith1 ad"

# --- HKDF-SHA256 info: the label alone, or (the root) with a u32 after it
INVITE_LINK_KEY = b"kith1 invite link"
INVITE_RENDEZVOUS = b"kith1 rdv"
CONTACT_LINK_KEY = b"kith1 link"
RESET_LINK_KEY = b"kith1 reset link"
RESET_PSK = b"kith1 reset psk"
ROOT_CHAIN = b"kith1 root"
PQ_RESUME = b"kith1 resume"
PQ_PAIR = b"kith1 pair"
VAULT_SLOT = b"kith1 vault"
EXPORT_KEY = b"kith1 export"
LAN_HINT_KEY = b"kith1 lan hint"
STORE_SALT = b"kith1 store salt"

# --- HKDF-SHA256 info: the first field of a list, whose length before it keeps it apart from a label alone
RESET_SECRET = b"kith1 reset"
HANDSHAKE_SEAL = b"kith1 k1"
SESSION_KEYS = b"kith1 sk"
PQ_RATCHET = b"kith1 pq"
RENDEZVOUS_PREFIX = b"kith1 rdv prefix"
RENDEZVOUS_VALUE = b"kith1 rdv value"
SIGNAL_KEYS = b"kith1 signal"

# --- Limits
MAX_SKIPPED_KEYS = 2_000
"""Skipped message keys a session; more would let a peer fill memory, fewer would lose late messages."""

MAX_SKIPPED_CHAINS = 64
"""Older receiving chains that still wait for messages; with 5 the model lost messages for good."""

MAX_JUMP = 25_000
"""Messages a peer may skip in one chain at most; each costs one HMAC, so this bounds what one envelope can burn."""

KEPT_AFTER_JUMP = 1_000
"""Keys kept of one jump: the last ones, which late messages most likely need."""

MAX_SKIPPED_AGE_S = 14 * 24 * 3600
"""Seconds a skipped key is kept: outboxes have given up by then, and every kept key costs forward secrecy."""

EPOCH_AFTER_MESSAGES = 50
"""Envelopes that either party sends before an ML-KEM epoch is due: its 4,300 bytes are then 90 a message."""

EPOCH_AFTER_S = 24 * 3600
"""Seconds before an ML-KEM epoch is due in a conversation that says little, and before a lost offer is repeated."""

EPOCH_AFTER_ABSENCE_S = 3600
"""The same when a link comes up: whoever was away may have been visited; a link that flaps is no absence."""
