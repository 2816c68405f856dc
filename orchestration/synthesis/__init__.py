"""The synthetic programme: seeded files in the layout a force would deliver."""
