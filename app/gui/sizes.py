"""Amounts of data as people say them."""

from PySide6.QtCore import QLocale, QObject

_KILOBYTE = 1_000


def size(size_bytes: int) -> str:
    """``60 bytes``, ``67.2 GB``: in units of powers of ten."""
    return Sizes().words(size_bytes)


class Sizes(QObject):
    """A QObject, for plurals are recognised in its ``tr`` alone.  Qt's own "Bytes" are no German."""

    def words(self, size_bytes: int) -> str:
        if size_bytes < _KILOBYTE:
            return self.tr("%Ln bytes", "", size_bytes)
        return QLocale().formattedDataSize(size_bytes, 1, QLocale.DataSizeFormat.DataSizeSIFormat)
