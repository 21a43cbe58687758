import re
from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from app.domain.settings import Appearance
from app.gui import theme as theme_package
from app.gui.theme.style_sheet import style_sheet
from app.gui.theme.theme import Theme, palette
from app.gui.theme.tokens import AVATAR_TEXT, AVATARS, DARK, LIGHT, READABLE_PAIRS, Colours
from app.gui.widgets.avatar import Avatar

LEAST_CONTRAST = 4.5
GUI = Path(theme_package.__file__).parent.parent


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""

    def linear(share: float) -> float:
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    parsed = QColor(colour)
    return 0.2126 * linear(parsed.redF()) + 0.7152 * linear(parsed.greenF()) + 0.0722 * linear(parsed.blueF())


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), READABLE_PAIRS)
def test_what_is_read_stands_out_from_what_is_behind(scheme: Colours, front: str, back: str) -> None:
    assert contrast(getattr(scheme, front), getattr(scheme, back)) >= LEAST_CONTRAST


@pytest.mark.parametrize("disc", AVATARS)
def test_initials_stand_out_from_every_avatar(disc: str) -> None:
    assert contrast(AVATAR_TEXT, disc) >= LEAST_CONTRAST


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_token_is_a_colour(scheme: Colours) -> None:
    for field in fields(Colours):
        assert re.fullmatch(r"#[0-9a-f]{6}", getattr(scheme, field.name))


def test_initials_stay_inside_their_avatar_at_every_size_of_text(theme: Theme) -> None:
    avatar = Avatar()
    avatar.show_account("x" * 52, "Mara Wim")
    plain = avatar.grab().toImage()
    try:
        theme.choose(Appearance.SYSTEM, 150)
        assert avatar.grab().toImage() == plain
    finally:
        theme.choose(Appearance.SYSTEM, 100)


def test_the_theme_follows_the_scheme_and_tells(theme: Theme) -> None:
    told: list[str] = []
    theme.changed.connect(lambda: told.append(theme.colours.window))
    theme.apply(Qt.ColorScheme.Dark)
    theme.apply(Qt.ColorScheme.Unknown)
    assert told == [DARK.window, LIGHT.window]
    assert palette(LIGHT).window().color() == QColor(LIGHT.window)


def test_the_sheet_leaves_no_token_unfilled() -> None:
    assert "$" not in style_sheet(LIGHT)


def test_no_colour_stands_outside_the_tokens() -> None:
    for source in GUI.rglob("*.py"):
        if source.name != "tokens.py":
            assert not re.search(r'"#[0-9a-fA-F]{3,8}"|QColor\(\d', source.read_text(encoding="utf-8")), source
