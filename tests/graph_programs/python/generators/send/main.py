def worker():
    task = yield
    while task:
        task()
        task = yield


def job():
    return 1


started = worker()
next(started)
started.send(job)
