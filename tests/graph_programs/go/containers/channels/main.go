package main

type Job struct {
	run func()
}

func work() {}

func done() {}

func worker(jobs chan Job, finished chan func()) {
	for job := range jobs {
		job.run()
	}
	finished <- done
}

func main() {
	jobs := make(chan Job, 1)
	finished := make(chan func())
	go worker(jobs, finished)
	jobs <- Job{run: work}
	close(jobs)
	end := <-finished
	end()
}
