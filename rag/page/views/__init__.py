"""Each part of the page as HTML."""
