"""What the page of an exam notes of the browser: kinds, rules and words. Plain Python, no framework."""
