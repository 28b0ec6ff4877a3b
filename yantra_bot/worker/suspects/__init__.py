"""Which of the last commits may have brought a failure: by the past and the graph of what serves. Child's side."""
