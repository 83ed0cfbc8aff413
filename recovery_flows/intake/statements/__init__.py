"""Statement files of banks, bytes to facts: camt, MT940/942, OFX, bank JSON."""
