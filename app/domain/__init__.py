"""Kith's vocabulary: frozen values that every layer above the network speaks in; no I/O, no state."""
