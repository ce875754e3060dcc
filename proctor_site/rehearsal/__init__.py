"""The real exam with made-up candidates against a running deployment, and a signed report (decision 0189)."""
