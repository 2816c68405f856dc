"""Programmes as they are described in `data/programmes`: areas, policy, and the public record.

Here belong the models of those files and the tables made of them. What forces deliver belongs in
`ingestion`.
"""
