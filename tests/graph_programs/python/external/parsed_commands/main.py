import argparse


def go(args):
    return args.speed


def halt(args):
    return args


def convert(text):
    return int(text)


def unused(args):
    return args


def add_commands(commands):
    going = commands.add_parser("go")
    going.add_argument("--speed", type=convert, default="1")
    going.set_defaults(func=go)
    halting = commands.add_parser("halt")
    halting.set_defaults(func=halt)


def make_parser():
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    return parser


def run(words):
    parser = make_parser()
    args = parser.parse_args(words)
    parser.format_help()
    return args.func(args)


def run_known(words):
    parser = argparse.ArgumentParser()
    parser.set_defaults(handler=halt)
    args, rest = parser.parse_known_args(words)
    args.handler(rest)


run(["go", "--speed", "2"])
run(["halt"])
run_known([])
