package drivers

func init() {
	register()
}

func register() {}
