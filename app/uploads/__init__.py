"""Files on their way in: streamed from the browser to disk, then handed to the import."""
