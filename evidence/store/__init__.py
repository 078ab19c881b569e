"""Where records are kept for ever: SQLite by default, PostgreSQL when one machine is too small.

The truth is the `version` table: the whole record as canonical JSON with its SHA-256, one row a stored version. Every
other row about a record (names, identifiers, claims …) is derived from it in the same transaction, for questions in
SQL. `opening` is the door; only `sqlite` and `postgresql` know one database's own words.
"""
