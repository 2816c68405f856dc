"""What is hidden to protect people, and the proof that it stays hidden.

Methods only: they know tables of counts and a policy, and neither releases nor files.
"""
