"""All targets, by name."""

from tests.fuzz.target import Target
from tests.fuzz.targets import (
    addresses,
    announcements,
    command_lines,
    contents,
    engines,
    handshakes,
    instances,
    invites,
    lines,
    links,
    rows,
    searches,
    sessions,
    vaults,
)

_MODULES = (
    invites,
    vaults,
    addresses,
    announcements,
    links,
    handshakes,
    sessions,
    contents,
    lines,
    command_lines,
    instances,
    searches,
    rows,
    engines,
)

TARGETS: dict[str, Target] = {target.name: target for module in _MODULES for target in module.TARGETS}
