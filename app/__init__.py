"""Kith's application: front-ends over services over the store and the network (``docs/architecture.md``)."""

VERSION = "0.1.0"
