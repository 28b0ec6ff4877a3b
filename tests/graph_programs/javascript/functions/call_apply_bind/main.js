function greet(callback) {
  callback();
  this.hello();
}
function done() {}
const target = {
  hello() {},
};

greet.call(target, done);
greet.apply(target, [done]);
const bound = greet.bind(target, done);
bound();
