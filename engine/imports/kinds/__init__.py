"""The workbooks an office keeps, one module each: columns, rows, what contradicts itself."""

# in the order in which one stands on another
KINDS = ("owners", "tenants", "vehicles", "balances", "meters", "keys", "staff")
