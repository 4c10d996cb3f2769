"""What the page of On Record is made of, apart from its layout."""
