"""Makes voice packs: `make voice-pack VOICE=NAME` (packs/README.md). Nothing of it is needed to hear one."""
