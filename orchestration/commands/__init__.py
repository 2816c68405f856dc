"""The commands of `bodyworn`, one module each: options, messages, exit codes.

A command calls another package for its work, which it imports when it runs. Nothing is computed
here.
"""
