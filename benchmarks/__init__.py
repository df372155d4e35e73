"""What `make bench` and `make corpus` measure, peers beside us in one run."""
