"""How much of one input is taken in. Beyond a limit nothing is cut in silence: it is counted and said, or refused."""

from __future__ import annotations

RECORD = 8 << 20  # bytes of one record that are kept; a longer one is refused
FIELD = 1 << 20  # characters of one field that are read; the whole stays in the record's own bytes
NAMES = 10_000  # people kept of one record, the rest are counted
VALUES = 10_000  # values kept of one repeated field, keywords and headings among them
DEPTH = 100  # elements within elements of one XML record
UNPACKED = 8 << 30  # bytes that one compressed file may unpack to
RATIO = 200  # how many times its own size it may unpack to, once it has given UNPACKED_FREE bytes
UNPACKED_FREE = 64 << 20
