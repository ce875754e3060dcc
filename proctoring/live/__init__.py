"""What live pages are told: events as rows, pushed on commit, replayed after a gap."""
