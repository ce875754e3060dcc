"""A small institution to try everything with: made by `./run`, never on a server database."""
