"""From an article to what somebody said in it."""
