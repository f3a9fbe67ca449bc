"""Money held for others: what every act with it has in common."""
