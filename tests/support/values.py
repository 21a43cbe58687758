"""The dataclasses of a package, found by walking through it."""

import dataclasses
import importlib
import pkgutil
from types import ModuleType


def values_of(package: ModuleType) -> list[type]:
    """Every dataclass that a module of the package defines, by name."""
    found = {
        defined
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        for defined in vars(importlib.import_module(info.name)).values()
        if isinstance(defined, type) and defined.__module__ == info.name and dataclasses.is_dataclass(defined)
    }
    return sorted(found, key=name_of)


def name_of(value: type) -> str:
    return f"{value.__module__}.{value.__qualname__}"
