"""Completion: how a command line may go on. It knows no click, and no shell but in `shells` and `scripts`."""
