"""What is drawn of a run, a module for each kind of run."""
