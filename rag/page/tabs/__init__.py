"""Each tab of the page: its components, what they do, and how they are wired."""
