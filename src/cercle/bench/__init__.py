"""The program's own workloads: how long it takes to take in, fold, act and show, on the same histories each time."""
