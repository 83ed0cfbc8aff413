"""What goes to others and comes from them: disclosures, requests from abroad, authorities."""
