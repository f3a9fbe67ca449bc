"""The registry of the estate: what every act on houses, keys and meters has in common."""
