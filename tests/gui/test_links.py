import pytest

from app.gui.links import MAX_LINKS, find_links, is_allowed, spelled_out


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://example.org/a_(b), ok", ["https://example.org/a_(b)"]),
        ("(https://example.org/)", ["https://example.org/"]),
        ("two: http://a.b/c and mailto:ann@example.org.", ["http://a.b/c", "mailto:ann@example.org"]),
        ("HTTPS://Example.ORG/x", ["HTTPS://Example.ORG/x"]),
        ("kith:AAAA", ["kith:AAAA"]),
        ("„https://bücher.example/ä“", ["https://bücher.example/ä"]),
        ("https://example.org/?q=1&r=2#top!", ["https://example.org/?q=1&r=2#top"]),
        ("http:// https:/// mailto: kith:", []),
        ("javascript:alert(1) file:///etc/passwd data:text/html,x vbscript:x", []),
        ("wordhttps://example.org", []),
        ("https://exam\u202eple.org/", ["https://exam"]),
        ("https://a\x00b.c/", ["https://a"]),
        ("no link at all: really", []),
    ],
)
def test_links_are_found_in_texts(text: str, links: list[str]) -> None:
    found = find_links(text)
    assert [link.url for link in found] == links
    assert all(text[link.start : link.start + link.length] == link.url for link in found)


def test_the_number_of_links_is_bounded() -> None:
    assert len(find_links("https://a.b/ " * 1_000)) == MAX_LINKS


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://example.org", True),
        ("mailto:a@b.c", True),
        ("kith:AAAA", True),
        ("ftp://example.org", False),
        ("javascript:alert(1)", False),
        ("https:", False),
        ("https://exa mple.org", False),
        ("", False),
    ],
)
def test_only_some_schemes_may_be_opened(url: str, *, allowed: bool) -> None:
    assert is_allowed(url) is allowed


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://аpple.com/", "https://xn--pple-43d.com/"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://user:secret@evil.example/", "https://user:secret@evil.example/"),
    ],
)
def test_a_link_is_spelled_out_in_ascii(url: str, shown: str) -> None:
    assert spelled_out(url) == shown
