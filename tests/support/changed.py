"""Bytes that are not quite what they were, for hypothesis to draw."""

from hypothesis import strategies as st


def changed(original: bytes) -> st.SearchStrategy[bytes]:
    """``original`` with one bit turned, cut short, or with bytes behind it."""
    positions = st.integers(0, len(original) - 1)
    turned = st.tuples(positions, st.integers(0, 7)).map(lambda at: with_bit_turned(original, *at))
    return turned | positions.map(lambda end: original[:end]) | st.binary(min_size=1, max_size=20).map(original.__add__)


def with_bit_turned(original: bytes, position: int, bit: int) -> bytes:
    turned = bytearray(original)
    turned[position] ^= 1 << bit
    return bytes(turned)
