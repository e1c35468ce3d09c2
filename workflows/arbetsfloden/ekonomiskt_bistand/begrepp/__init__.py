"""Words that every other room uses: facts and readings, amounts, months, identity numbers."""
