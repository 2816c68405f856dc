"""What an audit looks at, one subject per module."""
