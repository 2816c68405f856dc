"""What is hidden to protect people, and the proof that it stays hidden."""
