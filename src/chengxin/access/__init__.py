"""谁可以看什么。Departments, accounts and tokens; sealed fields and who read them; the vault of raw files."""
