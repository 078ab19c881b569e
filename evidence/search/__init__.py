"""Full-text engines behind `ports.SearchIndex`."""
