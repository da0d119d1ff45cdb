"""What a user has to rely on, put to the test at full size: `python -m tests.trust` from the root of the repository."""
