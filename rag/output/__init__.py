"""Answers and statements as documents, tables and lines of a terminal."""
