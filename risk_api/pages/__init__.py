"""Pages for people, rendered by the server: the same numbers as the API, in three languages."""
