"""The double ratchet with header encryption (Double Ratchet rev 3, sections 3 to 5; ``docs/protocol.md``, section 3).

    chain            symmetric-key ratchet: one message key a message
    root             Diffie-Hellman ratchet: a new chain whenever the conversation turns
    kem_ratchet      ML-KEM ratchet: now and then something in a root step that no quantum computer finds
    header           what a message tells its receiver's ratchet, sealed
    skipped          message keys that wait for late messages
    double_ratchet   the state that ties them together

Keys are plain ``bytes`` inside values that derive from :class:`crypto.secret.KeyHolder`, which hides them.  A
:class:`crypto.secret.Secret` around each would cost a tenth of the time of a message.
"""
