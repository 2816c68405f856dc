#!/bin/sh
# The command over the home of the services, by their user: /usr/local/sbin/bodyworn, mode 0755.
exec runuser -u bodyworn -- env BODYWORN_HOME=/srv/bodyworn/home DAGSTER_HOME=/srv/bodyworn/home/dagster \
    BODYWORN_KEYS=/etc/bodyworn/keys BODYWORN_ACCESS=/etc/bodyworn/access.yml \
    /srv/bodyworn/project/.venv/bin/bodyworn "$@"
