"""Settings, preferences, and the engines that are built from them."""
