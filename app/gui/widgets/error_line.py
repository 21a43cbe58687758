"""What could not be done, said where it was tried."""

from app.gui.widgets.parts import leading
from app.gui.widgets.wrapped_label import WrappedLabel


class ErrorLine(WrappedLabel):
    """Takes no room until something fails; whoever tries again hides it."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "error")
        self.setAlignment(leading())
        self.hide()

    def tell(self, sentence: str) -> None:
        """Show why."""
        self.setText(sentence)
        self.show()
