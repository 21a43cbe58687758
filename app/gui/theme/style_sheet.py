"""The style sheet of the controls, made from the tokens.

What a control looks like is said by its ``look`` property: a button is ``primary``, ``plain``, ``quiet``, ``danger``,
``segment``, ``symbol``, a label ``hero``, ``title``, ``strong``, ``muted``, ``caption``, ``error``, ``digits``, a frame
``card``, ``bar``, ``notice``, ``column``.
"""

from string import Template

from app.gui.theme.tokens import Colours, Radius, Size, Space, Type

_SHEET = Template("""
QLabel { background: transparent; }
QLabel[look="hero"] { font-size: ${hero}px; font-weight: 600; }
QLabel[look="title"] { font-size: ${title}px; font-weight: 600; }
QLabel[look="strong"] { font-size: ${strong}px; font-weight: 600; }
QLabel[look="muted"] { color: $muted; }
QLabel[look="caption"] { color: $muted; font-size: ${small}px; }
QLabel[look="quoted"] { color: $accent; font-size: ${small}px; font-weight: 600; }
QLabel[look="error"] { color: $danger; }
QLabel[look="good"] { color: $accent; font-weight: 600; }
QLabel[look="number"] { font-size: ${number}px; font-family: monospace; }
QLabel[look="digits"] { font-size: ${digits}px; font-weight: 600; color: $accent; }

QFrame[look="card"] { background: $surface; border: ${hair}px solid $border; border-radius: ${card}px; }
QFrame[look="popup"] { background: $surface; border: ${hair}px solid $border; border-radius: ${control}px; }
QFrame[look="bar"] { background: $surface; border: none; }
QFrame[look="notice"] { background: $danger_surface; border: none; }
QFrame[look="alert"] { background: $danger_surface; border: none; border-radius: ${control}px; }
QFrame[look="notice"] QLabel, QFrame[look="alert"] QLabel { color: $danger; }
QFrame[look="tint"] { background: $accent_surface; border: none; border-radius: ${control}px; }
QFrame[look="column"] { background: $window; border: none; }
QFrame[look="chat"] { background: $chat; border: none; }
QFrame[look="accent"] { background: $accent; border: none; }
QFrame[look="line"] { background: $border; border: none; }
QDialog { background: $surface; }

QPushButton { min-height: ${button}px; padding: 0 ${l}px; border-radius: ${control}px;
    border: ${hair}px solid transparent; font-weight: 500; }
QPushButton[look="primary"] { background: $accent; color: $on_accent; }
QPushButton[look="primary"]:hover, QPushButton[look="primary"]:pressed { background: $accent_hover; }
QPushButton[look="plain"] { background: $surface; color: $text; border-color: $border; }
QPushButton[look="plain"]:hover, QPushButton[look="plain"]:pressed { background: $hover; }
QPushButton[look="quiet"] { background: transparent; color: $accent; padding: 0 ${s}px; }
QPushButton[look="quiet"]:hover, QPushButton[look="quiet"]:pressed { background: $accent_surface; }
QPushButton[look="danger"] { background: transparent; color: $danger; border-color: $danger; }
QPushButton[look="danger"]:hover, QPushButton[look="danger"]:pressed { background: $danger_surface; }
QPushButton:focus { border-color: $accent; }
QPushButton[look="primary"]:focus { border-color: $text; }
QPushButton:disabled { background: $hover; color: $muted; border-color: transparent; }
QPushButton[look="icon"] { background: transparent; padding: 0; min-width: ${button}px; max-width: ${button}px; }
QPushButton[look="icon"]:hover, QPushButton[look="icon"]:pressed { background: $hover; }
QPushButton[look="icon"]:focus { border-color: $accent; }
QFrame[look="segments"] { background: $window; border: ${hair}px solid $border; border-radius: ${control}px; }
QPushButton[look="segment"] { background: transparent; color: $text; padding: 0 ${s}px; min-height: ${segment}px; }
QPushButton[look="symbol"] { background: transparent; color: $text; padding: 0; min-height: ${segment}px; }
QPushButton[look="segment"]:hover, QPushButton[look="symbol"]:hover { background: $hover; }
QPushButton[look="segment"]:checked, QPushButton[look="symbol"]:checked { background: $accent_surface; color: $accent; }
QPushButton[look="segment"]:focus, QPushButton[look="symbol"]:focus { border-color: $accent; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }
QPushButton[look="round"] { background: $surface; border-color: $border; padding: 0; border-radius: ${send}px; }
QPushButton[look="round"]:hover, QPushButton[look="round"]:pressed { background: $hover; }
QPushButton[look="pill"] { background: $accent; color: $on_accent; padding: 0 ${m}px; border-radius: ${send}px; }
QPushButton[look="pill"]:hover, QPushButton[look="pill"]:pressed { background: $accent_hover; }
QPushButton[look="send"] { background: $accent; padding: 0; min-width: ${button}px; max-width: ${button}px;
    border-radius: ${send}px; }
QPushButton[look="send"]:hover, QPushButton[look="send"]:pressed { background: $accent_hover; }
QPushButton[look="send"]:focus { border-color: $text; }
QPushButton[look="send"]:disabled { background: $hover; }

QLineEdit, QPlainTextEdit { background: $surface; color: $text; placeholder-text-color: $muted;
    border: ${hair}px solid $border; border-radius: ${control}px; padding: 0 ${m}px;
    selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit { min-height: ${button}px; }
QPlainTextEdit { padding: ${xs}px ${s}px; }
QLineEdit:focus, QPlainTextEdit:focus { border-color: $accent; }
QLineEdit:read-only { background: $window; color: $muted; }
QLineEdit[look="search"] { background: $hover; border-color: transparent; padding: 0 ${xs}px; }
QLineEdit[look="search"]:focus { background: $surface; border-color: $accent; }
QPlainTextEdit[look="composer"] { background: $window; }

QListView { background: transparent; border: none; outline: none; }
QListWidget[look="subjects"] { background: transparent; border: none; outline: none; }
QListWidget[look="subjects"]::item { padding: 0 ${s}px; border-radius: ${control}px;
    color: $text; border: ${hair}px solid transparent; }
QListWidget[look="subjects"]::item:hover { background: $hover; }
QListWidget[look="subjects"]::item:selected { background: $accent_surface; color: $accent; }
QListWidget[look="subjects"]:focus::item:selected { border-color: $accent; }
QScrollBar:vertical { background: transparent; width: ${m}px; margin: 0; }
QScrollBar::handle:vertical { background: $border; border-radius: ${xs}px; min-height: ${button}px;
    margin: ${hairs}px; }
QScrollBar::handle:vertical:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none;
    border: none; height: 0; width: 0; }
QToolTip { background: $surface; color: $text; border: ${hair}px solid $border; padding: ${xs}px; }
QMenu { background: $surface; border: ${hair}px solid $border; padding: ${xs}px; }
QMenu::item { padding: ${xs}px ${l}px; border-radius: ${xs}px; }
QMenu::item:selected { background: $accent_surface; color: $text; }
""")


_TYPE_SIZES = {
    "small": Type.SMALL,
    "strong": Type.STRONG,
    "number": Type.NUMBER,
    "title": Type.TITLE,
    "hero": Type.HERO,
    "digits": Type.DIGITS,
}


def style_sheet(colours: Colours, text_scale: float = 1.0) -> str:
    """The sheet in these colours; sizes of type, and of what holds text, times ``text_scale``."""
    names = {name: getattr(colours, name) for name in Colours.__slots__}
    button = round(Size.BUTTON * text_scale)
    return _SHEET.substitute(
        names,
        **{name: round(size * text_scale) for name, size in _TYPE_SIZES.items()},
        xs=Space.XS,
        s=Space.S,
        m=Space.M,
        l=Space.L,
        control=Radius.CONTROL,
        card=Radius.CARD,
        button=button,
        segment=button - 2 * Space.XS,
        send=button // 2 + Space.HAIR,
        hair=Space.HAIR,
        hairs=2 * Space.HAIR,
    )
