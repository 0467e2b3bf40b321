"""Building blocks of the pages: the only place where layout and charts live."""
