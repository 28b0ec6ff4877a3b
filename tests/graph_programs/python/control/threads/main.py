import threading
from concurrent.futures import ThreadPoolExecutor


def work():
    return helper()


def helper():
    return 1


def job(x):
    return x


thread = threading.Thread(target=work)
thread.start()
thread.join()
with ThreadPoolExecutor() as pool:
    pool.submit(job, 1)
