"""Import: read a file as text, map headings to the schema, check every cell, say what happened."""
