package calc

func Add(a, b int) int { return a + b }

func internal() int { return Add(1, 2) }
