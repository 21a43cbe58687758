from app.rpc.lines import TOO_LONG, LineSplitter


def split(*chunks: bytes, max_bytes: int = 10) -> list[bytes]:
    splitter = LineSplitter(max_bytes)
    return [line for chunk in chunks for line in splitter.feed(chunk)] + splitter.finish()


def test_lines_are_cut_wherever_the_chunks_end() -> None:
    whole = b"first\nsecond\n\nthird"
    expected = [b"first", b"second", b"third"]
    assert split(whole) == expected
    assert split(*(whole[index : index + 1] for index in range(len(whole)))) == expected


def test_the_last_line_needs_no_newline() -> None:
    assert split(b"a\nb") == [b"a", b"b"]


def test_blank_lines_are_dropped() -> None:
    assert split(b"\n\r\n \t\na\n") == [b"a"]


def test_a_line_at_the_bound_is_whole_and_one_byte_more_is_too_long() -> None:
    assert split(b"0123456789\n") == [b"0123456789"]
    assert split(b"01234567890\nnext\n") == [TOO_LONG, b"next"]


def test_a_line_that_is_too_long_is_told_once_and_skipped_to_its_end() -> None:
    assert split(*[b"0123456789" * 3] * 5, b"tail\nnext\n") == [TOO_LONG, b"next"]
    assert split(b"0123456789ab", b"c", b"\n", b"next\n") == [TOO_LONG, b"next"]


def test_a_line_that_is_too_long_and_never_ends_is_told_at_the_end() -> None:
    assert split(b"0123456789ab", b"cdef") == [TOO_LONG]
    assert split(b"0123456789ab") == [TOO_LONG]


def test_a_skipped_line_holds_no_memory() -> None:
    splitter = LineSplitter(10)
    for _ in range(100):
        splitter.feed(b"x" * 1_000)
    assert len(splitter._rest) <= 10
