"""The workspace on disk: immutable table versions, the catalogue and the app's state."""
