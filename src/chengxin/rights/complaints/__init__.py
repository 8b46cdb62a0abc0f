"""投诉。Anybody affected complains about an office; another office decides; names are for those on the case."""
