"""The window's part of ``kith self-test``: Qt with its plugins, translations, and QR codes written and read."""

import os
import sys
from collections.abc import Callable, Iterable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt, QTranslator, qVersion
from PySide6.QtGui import QGuiApplication, QImage, QImageReader, QPixmap
from PySide6.QtWidgets import QApplication, QLabel

from app.gui.codes.reader import contents
from app.gui.theme.app_icon import app_icon
from app.gui.translation import CATALOGUES
from app.gui.widgets.qr_code import qr_image

CODE = "kith:self-test"
MODULE_PIXELS = 4
NEEDED_FORMATS = frozenset({"png", "jpeg", "webp"})
_HAS_SCREEN = sys.platform != "linux" or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ


class PartError(Exception):
    """A part answers, and answers wrongly."""


def parts() -> Iterable[tuple[str, Callable[[], str]]]:
    """Every part by its name."""
    yield "Qt", window
    yield "pictures", pictures
    yield "QR codes", codes
    yield "translations", translations


def window() -> str:
    """A window can be shown; where there is no screen, on none."""
    if not _HAS_SCREEN:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    qt = QApplication.instance() or QApplication(sys.argv[:1])
    label = QLabel("Kith")
    label.setWindowIcon(app_icon())
    label.show()
    qt.processEvents()
    shown = label.grab()
    label.close()
    if shown.isNull():
        raise PartError("nothing is drawn")
    return f"{qVersion()}, on {QGuiApplication.platformName()}"


def pictures() -> str:
    """Pictures of the kinds that people send can be read; one is written and read back."""
    formats = {bytes(each.data()).decode() for each in QImageReader.supportedImageFormats()}
    if missing := NEEDED_FORMATS - formats:
        raise PartError(f"cannot read {', '.join(sorted(missing))}")
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not app_icon().pixmap(64, 64).save(buffer, "PNG") or not QPixmap().loadFromData(data):
        raise PartError("a picture is not what was written")
    return ", ".join(sorted(NEEDED_FORMATS))


def codes() -> str:
    """A QR code is written and read back."""
    small = qr_image(CODE)
    large = small.scaled(small.size() * MODULE_PIXELS, Qt.AspectRatioMode.KeepAspectRatio)
    texts, _ = contents(large.convertToFormat(QImage.Format.Format_Grayscale8))
    if texts != {CODE}:
        raise PartError("a code is not what was written")
    return "written and read"


def translations() -> str:
    """Every catalogue loads."""
    found = sorted(CATALOGUES.glob("*.qm"))
    if not found or not all(QTranslator().load(str(path)) for path in found):
        raise PartError("a catalogue is missing or broken")
    return ", ".join(path.stem for path in found)
