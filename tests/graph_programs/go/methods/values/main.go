package main

type Robot struct{}

func (r Robot) Walk() {}

func (r *Robot) Talk() {
	r.Walk()
}

func do(f func()) {
	f()
}

func main() {
	r := Robot{}
	walk := r.Walk
	walk()
	do(r.Talk)
	expr := Robot.Walk
	expr(r)
	(*Robot).Talk(&r)
}
