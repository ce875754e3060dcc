"""Analysis of captures: the pool of workers, what it is asked, and the last seconds of each session."""
