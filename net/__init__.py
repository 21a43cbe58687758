"""Kith's network: brings opaque frames from one peer to another over whatever path works, and tells the truth about it.

It knows peers by opaque ids and link keys, never identities, sessions or texts (``docs/architecture.md``).
"""
