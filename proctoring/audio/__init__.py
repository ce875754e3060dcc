"""What the microphone hears: recorded clips in, observations out; imports no Django."""
