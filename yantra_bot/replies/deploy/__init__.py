"""What the bot says about deployments: `told` is what all places share, `comment` and `chat` lay it out."""
