"""The camera, through QtMultimedia: an optional part of PySide6 that Kith runs without.

Imported when somebody asks whether there is a camera; where the part is absent, or broken, or no camera is plugged in,
there is none, and nothing else is said.
"""

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

_MODULE = "PySide6.QtMultimedia"


class Camera(QObject):
    """A running camera; :meth:`stop` ends it."""

    frame = Signal(QImage)
    """A picture, some thirty a second."""
    failed = Signal()
    """It stopped working, or was never allowed to."""

    def __init__(self) -> None:
        super().__init__()
        self._stop: Callable[[], None] = lambda: None

    def drive(self, multimedia: Any) -> None:
        """Start the system's default camera."""
        device = multimedia.QCamera(multimedia.QMediaDevices.defaultVideoInput(), self)
        capture = multimedia.QMediaCaptureSession(self)
        sink = multimedia.QVideoSink(self)
        capture.setCamera(device)
        capture.setVideoSink(sink)
        sink.videoFrameChanged.connect(lambda frame: self.frame.emit(frame.toImage()))
        device.errorOccurred.connect(lambda *_: self.failed.emit())
        self._stop = device.stop
        device.start()

    def stop(self) -> None:
        self._stop()


def is_there() -> bool:
    """Whether a camera can be used."""
    multimedia = _multimedia()
    return multimedia is not None and bool(multimedia.QMediaDevices.videoInputs())


def start() -> Camera:
    """Start the camera, after :func:`is_there` said so; unplugged since, it fails as one that broke."""
    camera, multimedia = Camera(), _multimedia()
    if multimedia is not None:
        camera.drive(multimedia)
    return camera


def _multimedia() -> Any:
    try:
        return importlib.import_module(_MODULE)
    except ImportError:  # the part is not installed, or a library that it needs
        return None
