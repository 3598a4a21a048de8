"""What a node keeps on its disk: entries, snapshots, keys and sessions; and `act()`, the only way to write."""
