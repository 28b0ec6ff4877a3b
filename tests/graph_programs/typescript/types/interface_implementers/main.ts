interface Shape {
  area(): number;
}
class Circle implements Shape {
  area(): number {
    return 1;
  }
}
class Square implements Shape {
  area(): number {
    return 2;
  }
}
class Lonely {
  area(): number {
    return 3;
  }
}

export function total(shapes: Shape, other: Lonely): number {
  return shapes.area() + other.area();
}
