"""What is kept to show an incident."""
