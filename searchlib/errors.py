"""Every exception that searchlib raises on purpose.

    SearchlibError
    ├── QueryError          the question can't be read
    ├── QueryTimeout        the time of a query was over before anything was known of its answer
    ├── PathError           a file or folder that was named can't be used
    │   └── NoRoots             none was named, now or before
    ├── LibraryIndexError   the index as a whole can't be used
    │   ├── NoIndex             there is none where one was expected
    │   ├── FolderInUse         a folder with other things in it was named for a new one
    │   ├── IndexOutdated       written by another format or another analysis
    │   ├── IndexDamaged        its files contradict one another
    │   ├── IndexBusy           another process is writing it
    │   ├── LockUnsupported     its file system has no locks
    │   └── UntrustedIndex      others own it or can write it
    ├── UnknownEncoding     no encoding that files can be read in (also a `LookupError`)
    ├── Malformed           a line of a file with judgements, a run or floors is not what it should be
    ├── NotInstalled        a library of others is missing that only some commands need
    ├── WriteFailed         the disk refused a write
    ├── WorkerDied          processes that read files die one after the other
    └── Unreadable          one file can't be read (becomes a `Skipped`)
        └── TooLarge        it would take more memory than is allowed

A message says what happened; `hint` says what to do about it.
"""

from __future__ import annotations

from searchlib.units import seconds_of


class SearchlibError(Exception):
    """Base of all; `str(error)` is one sentence without a full stop, `hint` another or empty."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class QueryError(SearchlibError):
    """The question can't be read.

    `text` is the question, and what is wrong in it begins at character `at`; empty and 0 where it is about the whole.
    """

    def __init__(self, message: str, *, hint: str = "", text: str = "", at: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.text = text
        self.at = at


class QueryTimeout(SearchlibError):
    """The time that a query had, in seconds, was over before anything was known of its answer."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"nothing of the answer was known after {seconds_of(seconds)}",
            hint="give it more time with --timeout SECONDS, or narrow it with another clause",
        )


class PathError(SearchlibError):
    """A file or folder named by the user can't be used."""


class NoRoots(PathError):
    """No file or folder was named, and none is recorded."""

    def __init__(self) -> None:
        super().__init__("no path was named, and none is recorded", hint="name what to take in: searchlib index PATH")


class UnknownEncoding(SearchlibError, LookupError):
    """An encoding was named that is none of text, or that Python does not know; `known` says which there are."""

    def __init__(self, name: str, known: str) -> None:
        super().__init__(
            f"no encoding that files can be read in is called {name or repr(name)}", hint=f"there are: {known}"
        )


class LibraryIndexError(SearchlibError):
    """Something is wrong with the index as a whole."""


class NoIndex(LibraryIndexError):
    """There is no index in `folder`; `what` is a clause that says what there is instead."""

    def __init__(self, folder: str, what: str = "") -> None:
        why = f": {what}" if what else ""
        super().__init__(f"there is no index in {folder}{why}", hint="make one with: searchlib index PATH")


class FolderInUse(LibraryIndexError):
    """The folder for a new index has something in it that is not of an index."""

    def __init__(self, folder: str, found: str) -> None:
        super().__init__(
            f"{folder} is not empty, and no index can be made in it: it contains {found}",
            hint="nothing was changed; name a new or empty folder",
        )


class IndexOutdated(LibraryIndexError):
    """The index was written by another format, engine or analysis than this program's."""

    def __init__(self, folder: str, found: str, expected: str) -> None:
        super().__init__(
            f"the index in {folder} was made with {found}, and this program needs {expected}",
            hint="make it anew with: searchlib index PATH",
        )


class IndexDamaged(LibraryIndexError):
    """Files of the index are missing or contradict one another; `what` is a clause that says which."""

    def __init__(self, folder: str, what: str) -> None:
        super().__init__(
            f"the index in {folder} is damaged: {what}",
            hint="look what is wrong with: searchlib verify, and mend it with: searchlib verify --repair",
        )
        self.what = what


class IndexBusy(LibraryIndexError):
    """Another process is writing the index: it holds the writer's lock, or the catalog's for a moment."""

    def __init__(
        self,
        folder: str,
        holder: str,
        *,
        hint: str = "try again when it has ended; searchlib index --wait SECONDS waits for it",
    ) -> None:
        super().__init__(f"the index in {folder} is being written by {holder}", hint=hint)


class LockUnsupported(LibraryIndexError):
    """The file system has no locks, as that of a network folder may: writers could not be kept apart."""

    def __init__(self, lock: str, reason: str) -> None:
        super().__init__(
            f"{lock} can't be locked ({reason}), and without a lock two writers could damage the index",
            hint="network folders often have no locks; have the index on a local disk: searchlib index --index FOLDER",
        )


class UntrustedIndex(LibraryIndexError):
    """`path`, the folder of an index or something in it, is not its user's own."""

    def __init__(self, path: str, what: str, *, hint: str) -> None:
        super().__init__(f"{path} {what}", hint=hint)


class Malformed(SearchlibError):
    """A line of a file that was made for `searchlib eval`, counted from 1, is not what it should be; 0 is the whole."""

    def __init__(self, file: str, line: int, what: str, *, hint: str = "") -> None:
        super().__init__(f"{file}:{line}: {what}" if line else f"{file}: {what}", hint=hint)


class NotInstalled(SearchlibError):
    """A library of others is missing that only some commands need."""

    def __init__(self, library: str) -> None:
        super().__init__(
            f"this needs {library}, which is not installed", hint=f"install it with: pip install {library}"
        )


class WriteFailed(SearchlibError):
    """The operating system refused a write; the last commit is intact."""

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(
            f"the index in {folder} could not be written ({reason}); the last commit is intact",
            hint="mend the cause and run the same command again",
        )


class WorkerDied(SearchlibError):
    """Processes that read files die of one file after another, most often because memory is short."""

    def __init__(self) -> None:
        super().__init__(
            "process after process that was reading files died; the last commit is intact",
            hint="look whether memory is short; searchlib index --jobs 1 needs the least",
        )


class Unreadable(SearchlibError):
    """One file can't be read; the message is the reason shown in the report."""


class TooLarge(Unreadable):
    """One file would take more memory than is allowed, whatever its size."""
