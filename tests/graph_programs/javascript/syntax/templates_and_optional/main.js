function tag(strings, ...values) {
  values[0]();
}
function value() {}
const maybe = {
  run() {
    return { next: value };
  },
};

tag`a${value}b`;
const text = `x ${value()} y`;
maybe?.run?.();
maybe.run()?.next();
const chosen = maybe.missing ?? value;
chosen();
