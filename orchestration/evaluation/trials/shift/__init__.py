"""A trial that randomises shifts, as the studies of the Cambridge kind do."""
