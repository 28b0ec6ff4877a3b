"""What differs between two versions: files with their hunks and kinds, and symbols. It compares and judges nothing."""
