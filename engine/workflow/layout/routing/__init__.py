"""Which way lines take between the nodes, and how they share the gaps."""
