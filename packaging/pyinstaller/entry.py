"""Where the packaged program begins: the same ``main`` as the command ``kith``."""

import sys

from app.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
