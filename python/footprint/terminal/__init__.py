"""What the command line needs around the library: failing well, printing, starting the app."""
