"""Values: what a work, a record, a term, a query and a word are. Imports the standard library only."""
