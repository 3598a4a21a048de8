"""How replicas meet: entries as bytes that travel, over the network or on a stick."""
