import pytest
from PySide6.QtCore import QSizeF

from app.gui.theme.theme import font
from app.gui.theme.tokens import Size, Type
from app.gui.widgets.bubble_layout import BubbleLayout, BubbleLayouts, elided, is_right_to_left, lay_out

META = QSizeF(50, 15)
WIDEST = 400.0

pytestmark = pytest.mark.usefixtures("theme")


def test_the_time_of_a_short_text_stands_beside_it() -> None:
    layout = lay_out("hello", font(Type.BODY), max_width=WIDEST, meta=META)
    text = layout.text.lineAt(0)
    assert layout.text.lineCount() == 1
    assert layout.size.width() < WIDEST / 2
    assert layout.meta.x() >= text.naturalTextWidth() + Size.META_GAP - 1
    assert layout.meta.y() == pytest.approx(text.y() + text.ascent())


def test_the_time_goes_below_where_the_last_line_leaves_no_room() -> None:
    text = "x" * 10
    body = font(Type.BODY)
    wide = lay_out(text, body, max_width=WIDEST, meta=META)
    one_line = wide.text.lineAt(0).naturalTextWidth()
    layout = lay_out(text, body, max_width=one_line + Size.META_GAP + 20, meta=META)
    assert layout.size.height() > layout.text.lineAt(0).height() + META.height() - 1
    assert layout.meta.x() + META.width() == pytest.approx(layout.size.width())


def test_right_to_left_text_is_as_narrow_as_it_is_and_its_time_stands_left() -> None:
    layout = lay_out("مرحبا", font(Type.BODY), max_width=WIDEST, meta=META)
    line = layout.text.lineAt(0)
    assert layout.size.width() < WIDEST / 2
    assert layout.meta.x() == 0
    assert line.naturalTextRect().left() >= META.width() + Size.META_GAP - 1
    assert line.naturalTextRect().right() == pytest.approx(layout.size.width(), abs=1)


def test_a_word_longer_than_the_bubble_is_broken() -> None:
    layout = lay_out("x" * 500, font(Type.BODY), max_width=WIDEST, meta=META)
    assert layout.text.lineCount() > 1
    assert layout.size.width() <= WIDEST


@pytest.mark.parametrize(
    ("text", "backwards"), [("hello", False), ("مرحبا", True), ("123 مرحبا", True), ("a مرحبا", False), ("😀", False)]
)
def test_the_first_letter_with_a_direction_decides(text: str, *, backwards: bool) -> None:
    assert is_right_to_left(text) is backwards


def test_layouts_are_kept_and_bounded() -> None:
    layouts = BubbleLayouts()

    def get(text: str) -> BubbleLayout:
        def make() -> BubbleLayout:
            return lay_out(text, font(Type.BODY), max_width=WIDEST, meta=META)

        return layouts.get(text, max_width=WIDEST, min_width=0.0, meta=META, make=make)

    first = get("hello")
    assert get("hello") is first
    for number in range(3_100):
        get(str(number))
    assert len(layouts._layouts) <= 300


@pytest.mark.parametrize(
    ("text", "mark"), [("left to right, and on", "\u200e"), ("من اليمين إلى اليسار وهكذا", "\u200f")]
)
def test_an_ellipsis_stands_at_the_end_of_its_text(text: str, mark: str) -> None:
    body = font(Type.BODY)
    assert elided(text, body, 1_000) == text
    assert elided(text, body, 60).endswith(f"…{mark}")
