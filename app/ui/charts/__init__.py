"""Charts, each a pure function of a frame: same drawing on screen and in a file."""
