"""The folder of the cache is where platformdirs says, without asking it where that can be avoided."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from platformdirs import user_cache_path

from searchlib.analysis.cache import cache_folder


@pytest.mark.parametrize("home", ["home", "/absolute", ""])
@pytest.mark.parametrize("cache", [None, "", "cache", "/absolute"])
def test_it_is_where_platformdirs_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str, cache: str | None
) -> None:
    """Whatever the environment says; a path that begins with / is one below the folder of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path) + home if home.startswith("/") else home)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    if cache is not None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path) + cache if cache.startswith("/") else cache)

    assert user_cache_path("searchlib") == cache_folder()


def test_nobody_else_may_enter_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = cache_folder()

    assert folder
    assert 0o700 == stat.S_IMODE(folder.stat().st_mode)


def test_where_it_cannot_be_made_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

    assert cache_folder() is None


def test_that_of_another_user_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who became root keeps the home of who they were, and would read what that user left there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache_folder()
    this = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: this + 1)

    assert cache_folder() is None
