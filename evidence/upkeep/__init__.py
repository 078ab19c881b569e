"""What keeps a library for years: backup, restore, and a doctor that says what is wrong or risky, and how to mend it."""
