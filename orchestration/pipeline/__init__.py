"""One run from landed files to a release: its lock, its record, its words and its alarms."""
