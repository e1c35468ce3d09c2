"""Why a case came out as it did, and what would have had to differ."""
