"""All targets, by name."""

from tests.fuzz.target import Target
from tests.fuzz.targets import (
    addresses,
    announcements,
    command_lines,
    contents,
    datagrams,
    engines,
    epochs,
    exports,
    handshakes,
    ice,
    instances,
    invites,
    lines,
    links,
    nodes,
    own_keys,
    records,
    rows,
    searches,
    sessions,
    signals,
    vaults,
)

_MODULES = (
    invites,
    vaults,
    addresses,
    announcements,
    links,
    datagrams,
    ice,
    handshakes,
    sessions,
    epochs,
    own_keys,
    records,
    signals,
    nodes,
    contents,
    lines,
    command_lines,
    instances,
    searches,
    rows,
    exports,
    engines,
)

TARGETS: dict[str, Target] = {target.name: target for module in _MODULES for target in module.TARGETS}
