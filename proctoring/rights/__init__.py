"""What candidates may see and do about their data, how long it is kept, what holds it, and its deletion."""
