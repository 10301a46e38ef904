"""Backups of the whole cluster to any second of the last weeks, with PostgreSQL's own programs and an S3 store.

Base backups and every segment of the write-ahead log leave this machine encrypted for age identities that no server
holds, and so do copies of files. Works without Django: a restoration needs nothing but the store and an identity.
`infra/backup.py` is the command.
"""
