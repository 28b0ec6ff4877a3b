class Circle {
  area() {}
}
class Square {
  area() {}
}
class Unused {
  area() {}
}

function total(shapes) {
  for (const shape of shapes) {
    shape.area();
  }
}
total([new Circle(), new Square()]);
