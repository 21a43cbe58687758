from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.gui.codes import camera


class Device(QObject):
    errorOccurred = Signal(object, str)  # noqa: N815 (Qt's name)
    started = 0

    def start(self) -> None:
        self.started += 1

    def stop(self) -> None:
        self.started -= 1


class Sink(QObject):
    videoFrameChanged = Signal(object)  # noqa: N815 (Qt's name)


class Session(QObject):
    def setCamera(self, device: Device) -> None:  # noqa: N802 (Qt's name)
        self.device = device

    def setVideoSink(self, sink: Sink) -> None:  # noqa: N802 (Qt's name)
        self.sink = sink


def multimedia(*inputs: str) -> SimpleNamespace:
    """What Kith uses of QtMultimedia."""
    return SimpleNamespace(
        QMediaDevices=SimpleNamespace(videoInputs=lambda: list(inputs), defaultVideoInput=lambda: inputs[0]),
        QCamera=lambda _device, parent: Device(parent),
        QMediaCaptureSession=Session,
        QVideoSink=Sink,
    )


@pytest.mark.parametrize("module", [None, multimedia()], ids=["no QtMultimedia", "nothing plugged in"])
def test_no_camera_is_no_error(module: object, monkeypatch: pytest.MonkeyPatch, qapp: object) -> None:
    monkeypatch.setattr(camera, "_multimedia", lambda: module)
    assert not camera.is_there()


def test_the_part_is_looked_for_under_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "_MODULE", "PySide6.QtNoSuchPart")
    assert not camera.is_there()


def test_frames_and_failures_are_told_until_it_is_stopped(monkeypatch: pytest.MonkeyPatch, qapp: object) -> None:
    monkeypatch.setattr(camera, "_multimedia", lambda: multimedia("a camera"))
    assert camera.is_there()
    running = camera.start()
    told: list[object] = []
    running.frame.connect(told.append)
    running.failed.connect(lambda: told.append("failed"))
    (device,), (sink,) = running.findChildren(Device), running.findChildren(Sink)
    image = QImage(2, 2, QImage.Format.Format_RGB32)
    sink.videoFrameChanged.emit(SimpleNamespace(toImage=lambda: image))
    device.errorOccurred.emit(1, "unplugged")
    assert told == [image, "failed"]
    assert device.started == 1
    running.stop()
    assert device.started == 0
