import threading


def first():
    return 1


def second():
    return 2


def start_first():
    thread = threading.Thread(target=first)
    thread.start()
    thread.join()


def start_second():
    thread = threading.Thread(target=second)
    thread.start()
    thread.join()


start_first()
start_second()
