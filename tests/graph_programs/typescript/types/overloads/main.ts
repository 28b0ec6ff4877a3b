function parse(text: string): string;
function parse(text: number): number;
function parse(text: unknown): unknown {
  return convert(text);
}
function convert(x: unknown): unknown {
  return x;
}

class Reader {
  read(path: string): void;
  read(path: number): void;
  read(path: unknown): void {
    parse("x");
  }
}

parse("a");
new Reader().read("b");
