"""A trial that draws shifts by lot, as the studies of the Cambridge kind do."""
