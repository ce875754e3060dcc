"""The question bank: questions with their versions, and the papers drawn from them."""
