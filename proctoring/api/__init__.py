"""The API of proctoring: captures, check-in, supervision, incidents. Edges only translate."""
