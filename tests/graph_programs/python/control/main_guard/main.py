import sys


def run(arguments):
    return len(arguments)


def main():
    return run(sys.argv)


if __name__ == "__main__":
    main()
