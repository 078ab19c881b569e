"""The command line: parse, call Library, print."""
