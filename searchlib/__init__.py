"""Full-text search for folders of Chinese documents. `Library` is the way in; the command line is built on it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from searchlib.library import Library

__all__ = ["Library"]


def __getattr__(name: str) -> Any:
    # The command line imports this package for its help too, which must not wait for the library's imports.
    if name == "Library":
        from searchlib.library import Library

        return Library
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
