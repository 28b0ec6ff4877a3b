package b

func Run() { step() }

func step() {}
