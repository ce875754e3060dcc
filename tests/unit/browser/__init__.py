"""What pages note of the browser: pure rules."""
