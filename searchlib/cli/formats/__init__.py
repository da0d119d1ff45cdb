"""How answers are written: for people at a terminal, for pipes, as JSON."""
