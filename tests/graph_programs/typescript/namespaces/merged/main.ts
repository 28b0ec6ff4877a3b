function lib(): void {
  lib.setup();
}
namespace lib {
  export function setup(): void {}
  export const version = () => "1";
}

lib();
lib.version();
