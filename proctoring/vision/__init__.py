"""What the camera shows: pictures in, observations out; imports no Django."""
