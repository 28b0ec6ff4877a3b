"""What the bot says about an incident: its issue, its message in a chat, its pull request. Pure."""
