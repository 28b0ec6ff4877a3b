from engine import Task


class Job(Task):
    def __init__(self):
        super().__init__()

    def start(self):
        self.run()
        self.log("started")
        self.finish()
        self.report.save()
        self.unknown()

    def finish(self):
        super().finish()

    def again(self):
        self.copy().start()


job = Job()
job.start()
job.again()
Job.create().start()
