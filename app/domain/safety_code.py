"""The safety number as the content of a QR code, which the other side's Kith reads and compares.

KITH-SAFETY:123451234512345…      the scheme and 60 decimal digits: QR's alphanumeric mode, version 4-M
"""

SCHEME = "KITH-SAFETY:"
DIGITS = 60


def safety_code(digits: str) -> str:
    """The code's content for these 60 digits."""
    return SCHEME + digits


def digits_of(code: str) -> str | None:
    """The 60 digits in a code's content; None when it is something else."""
    scheme, digits = code[: len(SCHEME)], code[len(SCHEME) :].strip()
    if scheme.upper() != SCHEME or len(digits) != DIGITS or not (digits.isascii() and digits.isdecimal()):
        return None
    return digits
