"""What the municipality has decided: norms, guidelines, delegation, rules in words, texts. Dated and approved."""
