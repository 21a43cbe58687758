"""Hides the length of a plaintext before it is sealed (``docs/protocol.md``, section 3, Padding).

    padded = data ‖ 0x80 ‖ zeros, up to the next size of this ladder:
        256, 512, 1,024, 2,048, 4,096     doubling: a chat message tells at most one of five sizes
        above                             Padmé: at most 12 % overhead, O(log log n) bits leak

Padmé is section 4 of "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs" (PETS 2019).  It
keeps of a length's binary form only as many leading bits as the exponent itself has, and rounds up.
"""

from crypto.errors import MalformedError

SMALLEST_BYTES = 256
"""A line of text, its headers and its message id fit, so that most messages look alike."""

DOUBLING_UP_TO_BYTES = 4096

_MARKER = b"\x80"
_MARKED_BLANK = _MARKER + bytes(DOUBLING_UP_TO_BYTES)


def pad(data: bytes) -> bytes:
    """``data`` with marker and zeros, as long as its step of the ladder."""
    blank_bytes = padded_size(len(data)) - len(data)
    if blank_bytes <= len(_MARKED_BLANK):  # slicing a constant is faster than building zeros
        return data + _MARKED_BLANK[:blank_bytes]
    return data + _MARKER + bytes(blank_bytes - 1)


def unpad(data: bytes) -> bytes:
    """The data inside padding; call it only once the tag of ``data`` has verified.

    The length is not held against the ladder: the sender is authenticated by now, and who pads badly betrays only
    their own lengths.

    Raises:
        MalformedError: no marker before the zeros.
    """
    marked = data.rstrip(b"\0")
    if not marked.endswith(_MARKER):
        raise MalformedError("padding without its marker")
    return marked[:-1]


def padded_size(data_bytes: int) -> int:
    """The length of the padding's result for ``data_bytes`` bytes of data."""
    marked_bytes = data_bytes + 1
    if marked_bytes <= SMALLEST_BYTES:
        return SMALLEST_BYTES
    if marked_bytes <= DOUBLING_UP_TO_BYTES:
        return 1 << (marked_bytes - 1).bit_length()
    return _padme(marked_bytes)


def _padme(size_bytes: int) -> int:
    exponent = size_bytes.bit_length() - 1
    zeroed_bits = exponent - exponent.bit_length()
    mask = (1 << zeroed_bits) - 1
    return (size_bytes + mask) & ~mask
