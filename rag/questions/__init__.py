"""From a question, and the conversation before it, to what it asks for."""
