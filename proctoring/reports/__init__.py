"""Reports about one attempt and one sitting: facts gathered once, shown as page, JSON, PDF and table."""
