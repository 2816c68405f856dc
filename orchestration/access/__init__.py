"""Who may see what, and the record of who did.

Here belong roles, the reviewed file that gives them to people, what of each released table a role
covers, and the audit log. Pages ask for a login and open releases; nothing here draws or reads one.
"""
