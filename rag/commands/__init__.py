"""The commands of `onrecord`, a module a group; each adds its options to the parser and
runs with what was given.
"""
