"""All that is known of a language: its words, names, days, sentences, and how it takes sides."""
