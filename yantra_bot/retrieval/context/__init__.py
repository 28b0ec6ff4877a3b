"""The best prompt within a budget: what a model is shown of a repository for one task, and why each part is there."""
