"""`python -m searchlib`: the command line."""

from searchlib.cli import main

if __name__ == "__main__":
    main()
