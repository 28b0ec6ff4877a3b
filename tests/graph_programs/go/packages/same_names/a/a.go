package a

func Run() { step() }

func step() {}
