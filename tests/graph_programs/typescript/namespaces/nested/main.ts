namespace Geometry {
  export function area(): number {
    return helper();
  }
  function helper(): number {
    return 1;
  }
  export namespace Solid {
    export function volume(): number {
      return area();
    }
  }
}

Geometry.area();
Geometry.Solid.volume();
import volume = Geometry.Solid.volume;
volume();
