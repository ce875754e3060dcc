"""Who speaks when in a clip: the contract, our own models, a provider's, and a scripted twin."""
