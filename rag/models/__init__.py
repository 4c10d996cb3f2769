"""The embedding model and the chat model: loaded, prompted, read."""
