"""The signature of M2: the responder's identity vouches for one-time keys on this one link.

    sig = Ed25519(IK_sig_R, listed("kith1 bundle", algorithms, mode 1, IK_R, h, fields))

``fields`` is all of M2 between kind and signature, with the decision on ``resume`` in its flags.  The link's ``h``
makes a bundle worthless on any other link, the mode makes that of a first contact worthless for a reset.
"""

from crypto import labels
from crypto.encoding import listed
from crypto.handshake.messages import Bundle
from crypto.handshake.terms import Terms
from crypto.identity import Identity
from crypto.primitives import ed25519_sign, ed25519_verify


def sign_bundle(bundle: Bundle, terms: Terms, identity: Identity) -> bytes:
    """The 64-byte signature of a bundle; the one inside it is ignored."""
    return ed25519_sign(identity.signing_seed.reveal(), _signed(bundle, terms))


def verify_bundle(bundle: Bundle, terms: Terms) -> None:
    """Check that the responder of ``terms`` signed the bundle for this link and mode.

    Raises:
        ForgedError: it did not.
    """
    ed25519_verify(terms.responder.signing_key, _signed(bundle, terms), bundle.signature)


def _signed(bundle: Bundle, terms: Terms) -> bytes:
    mode = bytes([terms.mode])
    return listed(
        labels.BUNDLE, labels.ALGORITHMS, mode, terms.responder.encode(), terms.handshake_hash, bundle.fields()
    )
