"""The one table of colours, spacing, radii and type sizes.  No widget holds a colour or a number of pixels of its own.

Lengths and type sizes are in device-independent pixels.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Colours:
    """One colour scheme, as ``#rrggbb``."""

    window: str
    """Behind lists and pages."""
    surface: str
    """Cards, dialogs, fields to write in, others' bubbles."""
    chat: str
    """Behind the bubbles."""
    border: str
    text: str
    muted: str
    """Times, hints, last lines."""
    accent: str
    accent_hover: str
    on_accent: str
    accent_surface: str
    """A quiet area in the accent's hue: the selected conversation, a notice."""
    hover: str
    own_bubble: str
    own_quote: str
    """Behind what is quoted in an own bubble."""
    own_muted: str
    """Time and state within an own bubble."""
    own_read: str
    """The state "read" within an own bubble."""
    danger: str
    danger_surface: str
    online: str


LIGHT = Colours(
    window="#f7f8f9",
    surface="#ffffff",
    chat="#eef1f2",
    border="#dde2e5",
    text="#1a2024",
    muted="#5a656d",
    accent="#17706a",
    accent_hover="#115a55",
    on_accent="#ffffff",
    accent_surface="#dcefec",
    hover="#eceff1",
    own_bubble="#d3ece7",
    own_quote="#c4e5de",
    own_muted="#47605d",
    own_read="#0c6a80",
    danger="#b3261e",
    danger_surface="#fbe9e7",
    online="#1f9d61",
)

DARK = Colours(
    window="#171b1e",
    surface="#22282c",
    chat="#101315",
    border="#39424a",
    text="#e6eaec",
    muted="#9aa6ad",
    accent="#63c9be",
    accent_hover="#86d9d0",
    on_accent="#06221f",
    accent_surface="#1d3836",
    hover="#20262a",
    own_bubble="#1b4743",
    own_quote="#123733",
    own_muted="#a5c4c0",
    own_read="#7fd6ec",
    danger="#ff9c92",
    danger_surface="#43211f",
    online="#3fc585",
)

READABLE_PAIRS = (
    ("text", "window"),
    ("text", "surface"),
    ("text", "chat"),
    ("text", "hover"),
    ("text", "accent_surface"),
    ("text", "own_bubble"),
    ("muted", "window"),
    ("muted", "surface"),
    ("muted", "chat"),
    ("muted", "hover"),
    ("muted", "accent_surface"),
    ("own_muted", "own_bubble"),
    ("own_muted", "own_quote"),
    ("own_read", "own_bubble"),
    ("own_read", "own_quote"),
    ("accent", "hover"),
    ("accent", "chat"),
    ("danger", "window"),
    ("danger", "surface"),
    ("danger", "chat"),
    ("danger", "own_bubble"),
    ("danger", "danger_surface"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("accent", "window"),
    ("accent", "surface"),
    ("accent", "accent_surface"),
)
"""Foreground on background, wherever the two meet in text or in an icon that carries meaning."""

AVATAR_TEXT = "#ffffff"
AVATARS = ("#a8433c", "#9a5a12", "#5f6f16", "#2f7a3f", "#1d7480", "#3a67b0", "#6a55b0", "#99427f")
"""Discs behind the initials; which one is a matter of the account id, in both schemes."""

QR_DARK = "#000000"
QR_LIGHT = "#ffffff"
"""A code is dark on light in both schemes: half of the scanners read nothing else."""


class Space:
    """Distances between things."""

    HAIR = 1
    XS = 4
    S = 8
    M = 12
    L = 16
    XL = 24
    XXL = 40


class Radius:
    """Rounding of corners."""

    QUOTE = 6
    CONTROL = 8
    BUBBLE = 12
    CARD = 16


class Type:
    """Sizes of type."""

    CAPTION = 11
    SMALL = 12
    BODY = 14
    STRONG = 15
    NUMBER = 18
    TITLE = 20
    HERO = 26
    DIGITS = 40
    EMOJI = 22
    EMOJI_ALONE = 32


class Size:
    """Sizes of things."""

    WINDOW_WIDTH = 1040
    WINDOW_HEIGHT = 720
    WINDOW_MIN_WIDTH = 720
    WINDOW_MIN_HEIGHT = 480
    CONTACTS_WIDTH = 316
    CONTACT_HEIGHT = 68
    HEADING_HEIGHT = 32
    HEADER_HEIGHT = 64
    AVATAR = 44
    AVATAR_SMALL = 36
    AVATAR_LARGE = 64
    ONLINE_DOT = 12
    BADGE = 20
    ICON = 20
    STATE_ICON = 15
    STROKE = 1.5
    BUTTON = 36
    SWITCH_WIDTH = 36
    SWITCH_HEIGHT = 20
    FORM_WIDTH = 380
    DIALOG_WIDTH = 440
    WIDE_DIALOG_WIDTH = 520
    BUBBLE_MAX = 520
    BUBBLE_PAD_X = 12
    BUBBLE_PAD_Y = 7
    BUBBLE_SHARE = 0.78
    """Of the chat's width, what a bubble may take where 520 is more."""
    LINE_HEIGHT = 20
    """Least distance of two baselines in a bubble; scripts with taller letters take more."""
    META_GAP = 10
    """Between the end of a text and the time beside it."""
    GROUP_GAP = 10
    ROW_GAP = 2
    DAY_HEIGHT = 44
    UNREAD_HEIGHT = 36
    CHIP_WIDTH = 34
    CHIP_HEIGHT = 24
    CHIP_OVERLAP = 8
    """Of a reaction with the bubble that it stands on."""
    QUOTE_HEIGHT = 44
    QUOTE_BAR = 3
    QUOTE_MAX = 320
    """Wider than this a quote does not make its bubble."""
    COMPOSER_LINES = 6
    EMOJI_CELL = 36
    EMOJI_COLUMNS = 8
    EMOJI_HEIGHT = 348
    QR_QUIET_MODULES = 4
    QR_SIDE = 260
    QR_SIDE_SMALL = 190
    CAMERA_HEIGHT = 294
    LIST_HEIGHT = 260
    SETTINGS_WIDTH = 760
    SETTINGS_HEIGHT = 640
    SUBJECTS_WIDTH = 190
    SCROLL_STEP = 24
