"""What is remembered of viewers and rooms from one session to the next, per creator, on this machine."""
