"""Kith's cryptography: pure and synchronous, without clock, logger or I/O.

The tree follows ``docs/protocol.md``: identity and invite (section 1), handshake (2), session and ratchet (3),
link (4), safety number and vault (5).  States are frozen values; a function returns a new one or raises, so a
failure changes nothing.
"""
