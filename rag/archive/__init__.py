"""Everything that is kept: articles, statements, vectors, feedback."""
