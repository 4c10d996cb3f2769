"""Statements of several sides, next to each other."""
