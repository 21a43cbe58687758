"""What Kith is made of, and under which licences."""

LIBRARIES = (
    ("PySide6-Essentials", "LGPL-3.0"),
    ("qasync", "BSD-2-Clause"),
    ("PyNaCl", "Apache-2.0"),
    ("cryptography", "Apache-2.0 OR BSD-3-Clause"),
    ("sqlcipher3", "Zlib"),
    ("zeroconf", "LGPL-2.1"),
    ("emoji", "BSD-3-Clause"),
    ("aioice", "BSD-3-Clause"),
    ("aioquic", "BSD-3-Clause"),
    ("ifaddr", "MIT"),
    ("libtorrent", "BSD-3-Clause"),
    ("segno", "BSD-3-Clause"),
    ("zxing-cpp", "Apache-2.0"),
    ("keyring", "MIT"),
    ("platformdirs", "MIT"),
    ("filelock", "Unlicense"),
)
"""Distribution and licence of what stands in the runtime lock by our own wish."""


def installed(name: str) -> str:
    """The version of the distribution; nothing where a package carries no metadata."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - which brings a reader of mail along

    try:
        return version(name)
    except PackageNotFoundError:
        return ""
