function sealed(target: Function): void {}
function route(path: string) {
  return function (target: unknown, key: string, descriptor: PropertyDescriptor): void {
    register(path);
  };
}
function register(path: string): void {}

@sealed
class Controller {
  @route("/users")
  list(): void {}
}

new Controller().list();
