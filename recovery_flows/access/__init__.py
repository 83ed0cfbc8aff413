"""Who acts, with which permission: officers, log-in, and what two people must agree on."""
