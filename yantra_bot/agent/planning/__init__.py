"""Planning: what a model is asked for a plan, how its answer is read, and how a plan goes on. Pure but for asking."""
