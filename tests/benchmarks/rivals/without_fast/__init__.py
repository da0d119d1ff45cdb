"""A folder for `PYTHONPATH`, as where the extra `fast` is not installed."""
