"""The ledger from CSV files: accounts, people, invoices, payments, credits, refunds."""
