"""From files to articles and their passages."""
