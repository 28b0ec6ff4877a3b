"""Every sentence the bot says, pure."""
