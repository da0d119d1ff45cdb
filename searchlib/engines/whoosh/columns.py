"""Whoosh's columns in a file of arrays.

column.NAME        a column of numbers: one for each paragraph, in the type that the column says or a narrower one
column.NAME.bytes  any other column: the bytes that Whoosh's own writer of that column makes (u1)
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
from whoosh.columns import Column, ColumnReader, CompressedBlockColumn, NumericColumn, PickleColumn
from whoosh.filedb.structfile import BufferFile, StructFile

from searchlib.engines.whoosh.arrays import Array, ArrayFile, ArrayWriter, column

# Whoosh's codes for the types of numbers mean the same sizes on every machine; `array` has its own of that size.
_CODES = {"l": "i", "L": "I"}
_PICKLED = (PickleColumn, CompressedBlockColumn)


def other_column(name: str) -> str:
    """The array with the bytes of a column that is not of numbers."""
    return f"{column(name)}.bytes"


class NumbersWriter:
    """A column of numbers; paragraphs come in order, and those left out have the column's default."""

    def __init__(self, kind: NumericColumn) -> None:
        self._default = kind.default_value()
        self._values = array(_CODES.get(kind._typecode, kind._typecode))

    def add(self, number: int, value: float) -> None:
        """Raises `OverflowError` where the value is too large for the column."""
        self._fill(number)
        self._values.append(value)

    def write(self, arrays: ArrayWriter, name: str, size: int) -> None:
        self._fill(size)
        values = np.array(self._values)
        arrays.append(column(name), values.astype(values.dtype.newbyteorder("<")))

    @property
    def total(self) -> float:
        return sum(self._values)

    def _fill(self, number: int) -> None:
        self._values.extend([self._default] * (number - len(self._values)))


class OtherWriter:
    """A column of any other kind."""

    def __init__(self, kind: Column) -> None:
        self._file = BytesIO()
        self._writer = kind.writer(StructFile(self._file))

    def add(self, number: int, value: object) -> None:
        self._writer.add(number, value)

    def write(self, arrays: ArrayWriter, name: str, size: int) -> None:
        self._writer.finish(size)
        arrays.append(other_column(name), np.frombuffer(self._file.getvalue(), np.uint8))


def column_writer(kind: Column) -> NumbersWriter | OtherWriter:
    """Raises `TypeError` for a column whose reader would unpickle what it reads."""
    inner: Column | None = kind
    while inner is not None:
        if isinstance(inner, _PICKLED):
            raise TypeError(f"{type(inner).__name__} is not supported: nothing in the index is pickled")
        inner = getattr(inner, "_child", None)
    return NumbersWriter(kind) if type(kind) is NumericColumn else OtherWriter(kind)


def has_column(file: ArrayFile, name: str) -> bool:
    return column(name) in file or other_column(name) in file


def column_reader(file: ArrayFile, name: str, kind: Column, size: int) -> ColumnReader:
    if column(name) in file:
        return NumbersReader(file[column(name)])
    content = file[other_column(name)]
    return kind.reader(BufferFile(content.data, name), 0, len(content), size)


class NumbersReader(ColumnReader):  # type: ignore[misc]  # Whoosh's classes are not typed
    """A column of numbers, with Whoosh's interface."""

    def __init__(self, values: Array) -> None:
        self._values = values
        self._sign = 1

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, number: int) -> Any:
        return self._values[number].item()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values.tolist())

    def sort_key(self, number: int) -> Any:
        return self._sign * self[number]

    def load(self) -> list[Any]:
        return list(self)

    def set_reverse(self) -> None:
        self._sign = -1
