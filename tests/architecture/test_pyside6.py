"""The pinned PySide6 keeps its reference counts (``docs/decisions/0002-pyside6-pin.md``)."""

import sys

from PySide6.QtCore import QObject


def test_void_calls_keep_the_references_to_none() -> None:
    thing = QObject()
    thing.setObjectName("warm")
    before = sys.getrefcount(None)
    for _ in range(200):
        thing.setObjectName("void")
    assert abs(sys.getrefcount(None) - before) < 20
