"""The public extract: a fixed cube of a release's figures, with what identifies people hidden."""
